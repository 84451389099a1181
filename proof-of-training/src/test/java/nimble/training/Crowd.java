package nimble.training;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.blob.Manifest;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.SigningKey;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Execution;
import nimble.training.fault.Fault;
import nimble.training.role.Auditor;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorInput;
import nimble.training.role.AuditorProgress;
import nimble.training.role.Conduct;
import nimble.training.role.DecodeTensor;
import nimble.training.role.DutyBook;
import nimble.training.role.EvidenceName;
import nimble.training.role.Gateway;
import nimble.training.role.GatewayEffect;
import nimble.training.role.GatewayInput;
import nimble.training.role.Host;
import nimble.training.role.HostEffect;
import nimble.training.role.HostInput;
import nimble.training.role.HostSeats;
import nimble.training.role.HostWork;
import nimble.training.role.MachineHost;
import nimble.training.role.MachineReplays;
import nimble.training.role.Miner;
import nimble.training.role.MinerEffect;
import nimble.training.role.MinerInput;
import nimble.training.role.Progress;
import nimble.training.role.Seats;
import nimble.training.role.Secrets;
import nimble.training.role.SendTensor;
import nimble.training.role.SignedPromise;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.audit.Tolerance;
import nimble.vm.reference.ReferenceMachine;

/// Real miners and real auditors on the real rules: whatever follows from a block happens before
/// the next one. What they say reaches the chain with the next block, timers fire then.
final class Crowd {
  private static final int BLOCKS_MAX = 600;
  private static final Bytes TEXT =
      Bytes.utf8("a text of twenty-five ch. ".repeat(40)).slice(0, 1_000);

  static final SigningKey GATEWAY = SigningKey.fromSeed(Specs.hash("gateway").bytes());
  private static final Machine MACHINE = new ReferenceMachine();
  private static final Tolerance TOLERANCE = Specs.TOLERANCE;

  final World world;
  final SortedMap<PublicKey, Host> hosts = new TreeMap<>();
  final SortedMap<Hash, Bytes> blobs = new TreeMap<>();

  /// Blobs that cannot be had.
  final SortedSet<Hash> missing = new TreeSet<>();

  final SortedMap<Long, List<Integer>> answers = new TreeMap<>();
  final List<String> finished = new ArrayList<>();
  private final SortedMap<PublicKey, HostSeats> hostSeats = new TreeMap<>();
  private final Gateway gateway = new Gateway(GATEWAY.publicKey());
  final SortedMap<PublicKey, Miner> miners = new TreeMap<>();
  final SortedMap<PublicKey, Auditor> auditors = new TreeMap<>();
  final List<Progress> progress = new ArrayList<>();
  final List<AuditorProgress> audits = new ArrayList<>();
  final List<WorkCall> said = new ArrayList<>();

  /// They do not hand out what they keep.
  final SortedSet<PublicKey> withholding = new TreeSet<>();

  private final SortedMap<PublicKey, Seats> seats = new TreeMap<>();
  private final SortedMap<PublicKey, DutyBook> books = new TreeMap<>();
  private final SortedMap<PublicKey, SortedMap<String, SortedMap<Hash, Bytes>>> shelves =
      new TreeMap<>();
  private final Deque<Runnable> events = new ArrayDeque<>();
  private final Deque<Runnable> timers = new ArrayDeque<>();
  private final List<WorkCall> calls = new ArrayList<>();

  Crowd(World world) {
    this.world = world;
  }

  void mine(int account, Miner.Works works) {
    PublicKey key = World.hotKey(account);
    miners.put(key, new Miner(key, works));
    seats.put(key, new Seats(key));
    shelves.put(key, new TreeMap<>());
  }

  void audit(int account, Auditor.Works works) {
    audit(account, works, MACHINE);
  }

  /// @param replays where it replays what was served
  void audit(int account, Auditor.Works works, Machine replays) {
    PublicKey key = World.hotKey(account);
    TrainingParameters training = Panel.PARAMETERS.training();
    auditors.put(
        key,
        new Auditor(
            works,
            new MachineReplays(replays, World.CHAIN, training),
            Secrets.of(key.toString()),
            training.auditCommit()));
    books.put(key, new DutyBook(key, new TrainingRules(Panel.PARAMETERS.training())));
    shelves.put(key, new TreeMap<>());
  }

  /// On the same node as a miner of that account.
  void host(int account, Machine machine, Optional<Fault> fault) {
    PublicKey key = World.hotKey(account);
    hosts.put(
        key,
        new Host(
            key,
            seat -> {
              Tolerance stands = fault.map(it -> it.standsBy(TOLERANCE)).orElse(TOLERANCE);
              Machine own = fault.map(it -> it.serves(machine)).orElse(machine);
              HostWork honest = new MachineHost(own, seat, stands);
              int vocabulary = seat.stage().spec().model().head().outWidth();
              return fault.map(it -> it.hosts(honest, vocabulary)).orElse(honest);
            },
            Conduct.of(fault)));
    hostSeats.put(key, new HostSeats(key));
  }

  void runUntil(JobId id, JobState state) {
    for (int i = 0; i < BLOCKS_MAX; i++) {
      block();
      if (world.job(id).state() == state) {
        return;
      }
    }
    throw new AssertionError(
        "after %d blocks: %s, %s".formatted(BLOCKS_MAX, world.job(id).status(), world.story(id)));
  }

  void block() {
    List<WorkCall> open = new ArrayList<>();
    for (WorkCall call : calls) {
      open.add(call);
      if (!(world.attempt(open.toArray(WorkCall[]::new)) instanceof Execution.Executed)) {
        open.removeLast(); // Of several calls for one slot a block takes one.
      }
    }
    calls.clear();
    said.addAll(open);
    world.work(open.toArray(WorkCall[]::new));
    List<Runnable> due = List.copyOf(timers);
    timers.clear();
    events.addAll(due);
    seats.forEach((key, held) ->
        handle(
            key,
            new MinerInput.Finalized(
                world.now(), held.in(world.state()), held.retained(world.state()))));
    books.forEach((key, book) ->
        handle(key, new AuditorInput.Finalized(world.now(), book.in(world.state()))));
    hostSeats.forEach((key, held) ->
        handle(
            key,
            new HostInput.Finalized(
                world.now(),
                held.in(world.state()),
                held.owed(world.state()),
                held.validators(world.state()))));
    HostSeats gateways = new HostSeats(GATEWAY.publicKey());
    gateways
        .used(world.state())
        .forEach(it -> ask(new GatewayInput.Seated(gateways.served(world.state(), it))));
    while (!events.isEmpty()) {
      events.removeFirst().run();
    }
  }

  private void handle(PublicKey self, MinerInput input) {
    Optional.ofNullable(miners.get(self))
        .ifPresent(miner -> miner.handle(input).forEach(effect -> perform(self, effect)));
  }

  private void handle(PublicKey self, HostInput input) {
    Optional.ofNullable(hosts.get(self))
        .ifPresent(host -> host.handle(input).forEach(effect -> perform(self, effect)));
  }

  private void later(PublicKey to, HostInput input) {
    events.addLast(() -> handle(to, input));
  }

  void ask(GatewayInput input) {
    gateway.handle(input).forEach(this::perform);
  }

  /// What the gateway wants.
  private void perform(GatewayEffect effect) {
    switch (effect) {
      case SendTensor tensor -> send(GATEWAY.publicKey(), tensor);
      case GatewayEffect.Token(long request, int token) ->
          answers.computeIfAbsent(request, _ -> new ArrayList<>()).add(token);
      case GatewayEffect.Finished(long _, String reason) -> finished.add(reason);
      case GatewayEffect.StartTimer(long request, int turn, long millis) -> {
        if (millis < GatewayInput.InferRequested.TIMEOUT_MILLIS) {
          timers.addLast(() -> ask(new GatewayInput.TimerFired(request, turn)));
        }
      }
      case GatewayEffect.Promise(var to, var name, var promise) ->
          send(
              GATEWAY.publicKey(),
              new SendTensor(to, name, SignedPromise.by(GATEWAY, World.CHAIN, promise).encode()));
      case GatewayEffect.RollCall _ -> {}
    }
  }

  private void perform(PublicKey self, HostEffect effect) {
    switch (effect) {
      case HostEffect.Submit(var call) -> calls.add(call);
      case SendTensor tensor -> send(self, tensor);
      case HostEffect.CheckPromise(var slot, var gatewayKey, var name, var promise) -> {
        try {
          SignedPromise signed = Reader.decode(promise, SignedPromise::read);
          if (signed.holds(gatewayKey, World.CHAIN)) {
            later(self, new HostInput.PromiseChecked(slot, name, signed));
          }
        } catch (Malformed e) {
          throw new AssertionError(e);
        }
      }
      case HostEffect.KeepEvidence(var slot, String group, Manifest manifest, var chunks) -> {
        put(self, group, manifest.id(), Bytes.concat(chunks.toArray(Bytes[]::new)));
        later(self, new HostInput.EvidenceKept(slot, manifest.id(), true));
      }
      case HostEffect.WriteEvidence(var slot, String group, Bytes contents) -> {
        put(self, group, Hash.ZERO, contents);
        later(self, new HostInput.EvidenceWritten(slot, true));
      }
      case HostEffect.ReadEvidence(String group) ->
          later(
              self,
              new HostInput.EvidenceRead(
                  group, Optional.ofNullable(shelf(self).get(group)).map(it -> it.get(Hash.ZERO))));
      case HostEffect.DropEvidence(String group) -> drop(self, group);
      case HostEffect.FindEvidence() ->
          later(self, new HostInput.EvidenceFound(new TreeSet<>(shelf(self).keySet())));
      case HostEffect.Compute(var slot, long task, var work) ->
          later(self, new HostInput.Computed(slot, task, work.run()));
      case HostEffect.FetchData(Hash manifest) ->
          later(self, new HostInput.DataFetched(manifest, blobs.getOrDefault(manifest, TEXT)));
      case HostEffect.StartTimer _, HostEffect.Report _ -> {}
    }
  }

  private void handle(PublicKey self, AuditorInput input) {
    Optional.ofNullable(auditors.get(self))
        .ifPresent(auditor -> auditor.handle(input).forEach(effect -> perform(self, effect)));
  }

  private void later(PublicKey to, MinerInput input) {
    events.addLast(() -> handle(to, input));
  }

  private void later(PublicKey to, AuditorInput input) {
    events.addLast(() -> handle(to, input));
  }

  private void send(PublicKey from, SendTensor tensor) {
    if (tensor.name() instanceof EvidenceName name) {
      if (!withholding.contains(from)) {
        later(tensor.to(), new AuditorInput.EvidenceReceived(from, name, tensor.payload()));
      }
      later(tensor.to(), new HostInput.EvidenceAsked(from, name));
      if (name.isAnswer()) {
        return;
      }
    }
    if (tensor.name() instanceof DecodeTensor name) {
      if (name.toGateway()) {
        events.addLast(() -> ask(new GatewayInput.TensorReceived(from, name, tensor.payload())));
      } else {
        later(tensor.to(), new HostInput.TensorReceived(from, name, tensor.payload()));
      }
    }
    later(tensor.to(), new MinerInput.TensorReceived(from, tensor.name(), tensor.payload()));
  }

  private void perform(PublicKey self, MinerEffect effect) {
    switch (effect) {
      case MinerEffect.Submit(var call) -> calls.add(call);
      case SendTensor tensor -> send(self, tensor);
      case MinerEffect.Compute(var slot, long task, var work) ->
          later(self, new MinerInput.Computed(slot, task, work.run()));
      case MinerEffect.FetchData(var manifest) ->
          later(self, new MinerInput.DataFetched(manifest, blobs.getOrDefault(manifest, TEXT)));
      case MinerEffect.StoreBlob(var manifest, var chunks) ->
          blobs.put(manifest.id(), Bytes.concat(chunks.toArray(Bytes[]::new)));
      case MinerEffect.FindEvidence() -> later(self, new MinerInput.EvidenceFound(new TreeMap<>()));
      case MinerEffect.KeepEvidence(String group, Manifest manifest, var chunks) -> {
        put(self, group, manifest.id(), Bytes.concat(chunks.toArray(Bytes[]::new)));
        later(self, new MinerInput.EvidenceKept(true));
      }
      case MinerEffect.WriteEvidence _ -> later(self, new MinerInput.EvidenceKept(true));
      case MinerEffect.FetchEvidence(String group, Hash manifest, var _, long _) ->
          later(
              self,
              gathered(self, group, manifest)
                  .map(blob -> (MinerInput) new MinerInput.EvidenceFetched(group, manifest, blob))
                  .orElse(new MinerInput.EvidenceFailed(group, manifest, "nobody has it")));
      case MinerEffect.DropEvidence(String group) -> drop(self, group);
      case MinerEffect.StartTimer(var slot, long _) ->
          timers.addLast(() -> handle(self, new MinerInput.TimerFired(slot)));
      case MinerEffect.Report(var _, var told) -> progress.add(told);
    }
  }

  private void perform(PublicKey self, AuditorEffect effect) {
    switch (effect) {
      case AuditorEffect.Submit(var call) -> calls.add(call);
      case SendTensor tensor -> send(self, tensor);
      case AuditorEffect.Compute(var slot, long task, var work) ->
          events.addLast(() -> {
            try {
              handle(self, new AuditorInput.Computed(slot, task, work.run()));
            } catch (IllegalStateException e) {
              handle(self, new AuditorInput.ComputeFailed(slot, task, e.toString()));
            }
          });
      case AuditorEffect.FetchData(var manifest) ->
          later(
              self,
              missing.contains(manifest)
                  ? new AuditorInput.DataFailed(manifest, "nobody has it")
                  : new AuditorInput.DataFetched(manifest, blobs.getOrDefault(manifest, TEXT)));
      case AuditorEffect.FetchEvidence(String group, Hash manifest, var _, long _, long _) ->
          later(
              self,
              gathered(self, group, manifest)
                  .map(blob ->
                      (AuditorInput) new AuditorInput.EvidenceFetched(group, manifest, blob))
                  .orElse(new AuditorInput.EvidenceFailed(group, manifest, "nobody has it")));
      case AuditorEffect.ReadDocument(String group) ->
          later(self, new AuditorInput.DocumentRead(group, Optional.empty()));
      case AuditorEffect.WriteDocument(String group, var _) ->
          later(self, new AuditorInput.DocumentWritten(group, true));
      case AuditorEffect.Drop(String group) -> drop(self, group);
      case AuditorEffect.StartTimer(var audit, long _) ->
          timers.addLast(() -> handle(self, new AuditorInput.TimerFired(audit)));
      case AuditorEffect.StartDataTimer(var manifest, long _) ->
          timers.addLast(() -> handle(self, new AuditorInput.DataTimerFired(manifest)));
      case AuditorEffect.StartKeepTimer(String group, long _) ->
          timers.addLast(() -> handle(self, new AuditorInput.KeepTimerFired(group)));
      case AuditorEffect.Report(var told) -> audits.add(told);
    }
  }

  /// From the own shelf, or that of anybody who hands it out.
  private Optional<Bytes> gathered(PublicKey self, String group, Hash manifest) {
    List<PublicKey> asked = new ArrayList<>(List.of(self));
    shelves.keySet().stream().filter(key -> !withholding.contains(key)).forEach(asked::add);
    Optional<Bytes> found =
        asked.stream()
            .flatMap(key -> shelf(key).values().stream())
            .flatMap(blobs -> Optional.ofNullable(blobs.get(manifest)).stream())
            .findFirst();
    found.ifPresent(blob -> put(self, group, manifest, blob));
    return found;
  }

  private SortedMap<String, SortedMap<Hash, Bytes>> shelf(PublicKey key) {
    return Optional.ofNullable(shelves.get(key)).orElseThrow();
  }

  private void put(PublicKey self, String group, Hash manifest, Bytes blob) {
    shelf(self).computeIfAbsent(group, _ -> new TreeMap<>()).put(manifest, blob);
  }

  private void drop(PublicKey self, String group) {
    shelf(self).remove(group);
  }
}

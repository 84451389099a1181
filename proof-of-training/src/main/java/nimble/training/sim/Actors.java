package nimble.training.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.role.AuditorEffect;
import nimble.training.role.DecodeTensor;
import nimble.training.role.EvidenceName;
import nimble.training.role.HostEffect;
import nimble.training.role.MinerEffect;
import nimble.training.role.SendTensor;
import nimble.training.role.StepTensor;
import nimble.training.role.auditor.Auditor;
import nimble.training.role.auditor.AuditorInput;
import nimble.training.role.auditor.DutyBook;
import nimble.training.role.miner.Miner;
import nimble.training.role.miner.MinerInput;
import nimble.training.role.miner.Seats;
import nimble.training.role.serving.Host;
import nimble.training.role.serving.HostInput;
import nimble.training.role.serving.HostSeats;
import nimble.training.role.serving.SignedPromise;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The actors of a simulated world, each with the hot key of its node, and all that passes between
/// them (Y1). One thread.
public final class Actors {
  private static final String NOBODY = "nobody has it";

  private final Surroundings around;
  private final SortedMap<PublicKey, Miner> miners = new TreeMap<>();
  private final SortedMap<PublicKey, Auditor> auditors = new TreeMap<>();
  private final SortedMap<PublicKey, Host> hosts = new TreeMap<>();
  private final SortedMap<PublicKey, Seats> seats = new TreeMap<>();
  private final SortedMap<PublicKey, DutyBook> books = new TreeMap<>();
  private final SortedMap<PublicKey, HostSeats> hostSeats = new TreeMap<>();
  private final SortedMap<PublicKey, Runnable> restarts = new TreeMap<>();
  private final Shelves shelves = new Shelves();
  private final Deque<Runnable> events = new ArrayDeque<>();
  private final Deque<Runnable> timers = new ArrayDeque<>();
  private final List<WorkCall> calls = new ArrayList<>();

  public Actors(Surroundings around) {
    this.around = around;
  }

  public void mine(PublicKey key, Supplier<Miner> process) {
    start(key, () -> miners.put(key, process.get()));
    seats.put(key, new Seats(key));
  }

  public void audit(PublicKey key, DutyBook book, Supplier<Auditor> process) {
    start(key, () -> auditors.put(key, process.get()));
    books.put(key, book);
  }

  /// Besides whatever else is on that node; it does not start again.
  public void host(PublicKey key, Host host) {
    hosts.put(key, host);
    hostSeats.put(key, new HostSeats(key));
  }

  private void start(PublicKey key, Runnable process) {
    restarts.put(key, process);
    process.run();
  }

  /// Between two blocks (Y3).
  public void restart(PublicKey key) {
    Optional.ofNullable(restarts.get(key)).orElseThrow().run();
  }

  public Miner miner(PublicKey key) {
    return Optional.ofNullable(miners.get(key)).orElseThrow();
  }

  public Auditor auditor(PublicKey key) {
    return Optional.ofNullable(auditors.get(key)).orElseThrow();
  }

  /// Whether no miner has anything to do.
  public boolean idle() {
    return miners.values().stream().allMatch(Miner::idle);
  }

  /// What everybody has to say in the next block.
  public List<WorkCall> said() {
    List<WorkCall> all = List.copyOf(calls);
    calls.clear();
    return all;
  }

  /// All that follows from the newest block.
  public void live() {
    events.addAll(timers);
    timers.clear();
    seats.forEach((key, held) ->
        later(
            key,
            new MinerInput.Finalized(
                around.now(), held.in(around.state()), held.retained(around.state()))));
    books.forEach((key, book) ->
        later(key, new AuditorInput.Finalized(around.now(), book.in(around.state()))));
    hostSeats.forEach((key, held) ->
        later(
            key,
            new HostInput.Finalized(
                around.now(),
                held.in(around.state()),
                held.owed(around.state()),
                held.validators(around.state()))));
    while (!events.isEmpty()) {
      events.removeFirst().run();
    }
  }

  private void later(PublicKey to, MinerInput input) {
    events.addLast(() ->
        Optional.ofNullable(miners.get(to))
            .ifPresent(miner -> miner.handle(input).forEach(effect -> perform(to, effect))));
  }

  private void later(PublicKey to, AuditorInput input) {
    events.addLast(() ->
        Optional.ofNullable(auditors.get(to))
            .ifPresent(auditor -> auditor.handle(input).forEach(effect -> perform(to, effect))));
  }

  private void later(PublicKey to, HostInput input) {
    events.addLast(() ->
        Optional.ofNullable(hosts.get(to))
            .ifPresent(host -> host.handle(input).forEach(effect -> perform(to, effect))));
  }

  /// From an actor, or a gateway.
  public void send(PublicKey from, SendTensor tensor) {
    switch (tensor.name()) {
      case EvidenceName name -> {
        if (around.handsOut(from)) {
          later(tensor.to(), new AuditorInput.EvidenceReceived(from, name, tensor.payload()));
        }
        if (!name.isAnswer()) {
          later(tensor.to(), new HostInput.EvidenceAsked(from, name));
          later(tensor.to(), new MinerInput.TensorReceived(from, name, tensor.payload()));
        }
      }
      case DecodeTensor name when name.toGateway() ->
          events.addLast(() -> around.toGateway(from, name, tensor.payload()));
      case DecodeTensor name ->
          later(tensor.to(), new HostInput.TensorReceived(from, name, tensor.payload()));
      case StepTensor name ->
          later(tensor.to(), new MinerInput.TensorReceived(from, name, tensor.payload()));
    }
  }

  private void perform(PublicKey self, MinerEffect effect) {
    switch (effect) {
      case MinerEffect.Submit(var call) -> calls.add(call);
      case SendTensor tensor -> send(self, tensor);
      case MinerEffect.Compute(var slot, long task, var work) ->
          later(self, new MinerInput.Computed(slot, task, work.run()));
      case MinerEffect.FetchData(var manifest) ->
          later(
              self,
              around
                  .blob(manifest)
                  .map(blob -> (MinerInput) new MinerInput.DataFetched(manifest, blob))
                  .orElse(new MinerInput.FetchFailed(manifest, NOBODY)));
      case MinerEffect.StoreBlob(var manifest, var chunks) ->
          around.stored(manifest.id(), Bytes.concat(chunks.toArray(Bytes[]::new)));
      case MinerEffect.FindEvidence() ->
          later(self, new MinerInput.EvidenceFound(shelves.found(self)));
      case MinerEffect.KeepEvidence(String group, var manifest, var chunks) -> {
        shelves.put(self, group, manifest.id(), chunks);
        later(self, new MinerInput.EvidenceKept(true));
      }
      case MinerEffect.WriteEvidence(String group, Bytes contents) -> {
        shelves.write(self, group, contents);
        later(self, new MinerInput.EvidenceKept(true));
      }
      case MinerEffect.FetchEvidence(String group, Hash manifest, var _, long _) ->
          later(
              self,
              gathered(self, group, manifest)
                  .map(blob -> (MinerInput) new MinerInput.EvidenceFetched(group, manifest, blob))
                  .orElse(new MinerInput.EvidenceFailed(group, manifest, NOBODY)));
      case MinerEffect.DropEvidence(String group) -> shelves.drop(self, group);
      case MinerEffect.StartTimer(var slot, long _) ->
          timers.addLast(() -> later(self, new MinerInput.TimerFired(slot)));
      case MinerEffect.Report(var _, var progress) -> around.told(progress);
    }
  }

  private void perform(PublicKey self, AuditorEffect effect) {
    switch (effect) {
      case AuditorEffect.Submit(var call) -> calls.add(call);
      case SendTensor tensor -> send(self, tensor);
      case AuditorEffect.Compute(var slot, long task, var work) ->
          events.addLast(() -> {
            try {
              later(self, new AuditorInput.Computed(slot, task, work.run()));
            } catch (IllegalStateException e) {
              later(self, new AuditorInput.ComputeFailed(slot, task, e.toString()));
            }
          });
      case AuditorEffect.FetchData(var manifest) ->
          later(
              self,
              around
                  .blob(manifest)
                  .map(blob -> (AuditorInput) new AuditorInput.DataFetched(manifest, blob))
                  .orElse(new AuditorInput.DataFailed(manifest, NOBODY)));
      case AuditorEffect.FetchEvidence(String group, Hash manifest, var _, long _, long _) ->
          later(
              self,
              gathered(self, group, manifest)
                  .map(blob ->
                      (AuditorInput) new AuditorInput.EvidenceFetched(group, manifest, blob))
                  .orElse(new AuditorInput.EvidenceFailed(group, manifest, NOBODY)));
      case AuditorEffect.ReadDocument(String group) ->
          later(self, new AuditorInput.DocumentRead(group, shelves.document(self, group)));
      case AuditorEffect.WriteDocument(String group, Bytes contents) -> {
        shelves.write(self, group, contents);
        later(self, new AuditorInput.DocumentWritten(group, true));
      }
      case AuditorEffect.Drop(String group) -> shelves.drop(self, group);
      case AuditorEffect.StartTimer(var audit, long _) ->
          timer(self, new AuditorInput.TimerFired(audit));
      case AuditorEffect.StartDataTimer(var manifest, long _) ->
          timer(self, new AuditorInput.DataTimerFired(manifest));
      case AuditorEffect.StartKeepTimer(String group, long _) ->
          timer(self, new AuditorInput.KeepTimerFired(group));
      case AuditorEffect.Report(var progress) -> around.told(progress);
    }
  }

  private void perform(PublicKey self, HostEffect effect) {
    switch (effect) {
      case HostEffect.Submit(var call) -> calls.add(call);
      case SendTensor tensor -> send(self, tensor);
      case HostEffect.CheckPromise(var slot, var gateway, var name, var promise) -> {
        try {
          SignedPromise signed = Reader.decode(promise, SignedPromise::read);
          if (signed.holds(gateway, around.chain())) {
            later(self, new HostInput.PromiseChecked(slot, name, signed));
          }
        } catch (Malformed e) {
          throw new IllegalStateException("a promise that nobody of us made", e);
        }
      }
      case HostEffect.KeepEvidence(var slot, String group, var manifest, var chunks) -> {
        shelves.put(self, group, manifest.id(), chunks);
        later(self, new HostInput.EvidenceKept(slot, manifest.id(), true));
      }
      case HostEffect.WriteEvidence(var slot, String group, Bytes contents) -> {
        shelves.write(self, group, contents);
        later(self, new HostInput.EvidenceWritten(slot, true));
      }
      case HostEffect.ReadEvidence(String group) ->
          later(self, new HostInput.EvidenceRead(group, shelves.document(self, group)));
      case HostEffect.DropEvidence(String group) -> shelves.drop(self, group);
      case HostEffect.FindEvidence() ->
          later(self, new HostInput.EvidenceFound(new TreeSet<>(shelves.found(self).keySet())));
      case HostEffect.Compute(var slot, long task, var work) ->
          later(self, new HostInput.Computed(slot, task, work.run()));
      case HostEffect.FetchData(Hash manifest) ->
          later(
              self,
              around
                  .blob(manifest)
                  .map(blob -> (HostInput) new HostInput.DataFetched(manifest, blob))
                  .orElse(new HostInput.FetchFailed(manifest)));
      case HostEffect.StartTimer(var slot, long _) ->
          timers.addLast(() -> later(self, new HostInput.TimerFired(slot)));
      case HostEffect.Report _ -> {
        // What becomes of it is on chain.
      }
    }
  }

  private void timer(PublicKey self, AuditorInput input) {
    timers.addLast(() -> later(self, input));
  }

  private Optional<Bytes> gathered(PublicKey self, String group, Hash manifest) {
    return shelves.gather(self, group, manifest, around::handsOut);
  }
}

package nimble.node.sim.village;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import nimble.blob.Manifest;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.node.devnet.NodeKeys;
import nimble.training.NumericClass;
import nimble.training.fault.Fault;
import nimble.training.role.AuditWork;
import nimble.training.role.Auditor;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorInput;
import nimble.training.role.Conduct;
import nimble.training.role.DutyBook;
import nimble.training.role.EvidenceName;
import nimble.training.role.MachineAudit;
import nimble.training.role.MachineWork;
import nimble.training.role.Miner;
import nimble.training.role.MinerEffect;
import nimble.training.role.MinerInput;
import nimble.training.role.Plan;
import nimble.training.role.Seats;
import nimble.training.role.SendTensor;
import nimble.training.role.StageWork;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.audit.Tolerance;
import nimble.vm.reference.ReferenceMachine;

/// The miners and auditors of a village, and all that passes between them (X2).
final class Villagers {
  private static final Machine MACHINE = new ReferenceMachine();

  private final Village village;
  private final Bytes text;
  private final SortedMap<PublicKey, Miner> miners = new TreeMap<>();
  private final SortedMap<PublicKey, Auditor> auditors = new TreeMap<>();
  private final SortedMap<PublicKey, Seats> seats = new TreeMap<>();
  private final SortedMap<PublicKey, DutyBook> books = new TreeMap<>();
  private final SortedMap<PublicKey, SortedMap<String, SortedMap<Hash, Bytes>>> shelves =
      new TreeMap<>();
  private final SortedMap<PublicKey, SortedMap<String, Bytes>> documents = new TreeMap<>();
  private final SortedMap<PublicKey, Runnable> restarts = new TreeMap<>();
  private final Deque<Runnable> events = new ArrayDeque<>();
  private final Deque<Runnable> timers = new ArrayDeque<>();
  private final List<WorkCall> calls = new ArrayList<>();

  /// @param text that is trained on
  Villagers(Village village, Bytes text) {
    this.village = village;
    this.text = text;
  }

  void mine(NodeKeys keys, Optional<Fault> fault) {
    mine(keys, MACHINE, fault);
  }

  void mine(NodeKeys keys, Machine own, Optional<Fault> fault) {
    PublicKey key = keys.hot().publicKey();
    Miner.Works works =
        (plan, stage) -> {
          Function<Machine, StageWork> honest =
              on -> new MachineWork(on, plan, stage, tolerance(plan));
          return fault
              .map(it -> it.work(own, honest, plan.training().microBatches(), stage))
              .orElseGet(() -> honest.apply(own));
        };
    mine(key, () -> new Miner(key, works, Conduct.of(fault)));
  }

  /// Whoever does its work in a way of its own.
  void mine(NodeKeys keys, Party.Miner party) {
    PublicKey key = keys.hot().publicKey();
    Miner.Works works =
        (plan, stage) -> party.work(on -> new MachineWork(on, plan, stage, tolerance(plan)));
    mine(key, () -> new Miner(key, works));
  }

  private void mine(PublicKey key, Supplier<Miner> process) {
    restarts.put(key, () -> miners.put(key, process.get()));
    miners.put(key, process.get());
    seats.put(key, new Seats(key));
    shelves.put(key, new TreeMap<>());
    documents.put(key, new TreeMap<>());
  }

  void audit(NodeKeys keys, Optional<Fault> fault) {
    audit(
        keys,
        honest ->
            fault.map(it -> it.audits(MACHINE, honest)).orElseGet(() -> honest.apply(MACHINE)));
  }

  /// @param conduct what the validator does, by how an honest one does it on a machine
  void audit(NodeKeys keys, Function<Function<Machine, AuditWork>, AuditWork> conduct) {
    audit(
        keys.hot().publicKey(),
        (plan, stage) -> conduct.apply(on -> new MachineAudit(on, plan, stage, tolerance(plan))));
  }

  private void audit(PublicKey key, Auditor.Works works) {
    Supplier<Auditor> process =
        () -> new Auditor(works, secrets(key), village.parameters().training().auditCommit());
    restarts.put(key, () -> auditors.put(key, process.get()));
    auditors.put(key, process.get());
    books.put(key, new DutyBook(key, village.rules()));
    shelves.put(key, new TreeMap<>());
    documents.put(key, new TreeMap<>());
  }

  /// Between two blocks: what it had in memory is gone, its shelf stays.
  void restart(PublicKey key) {
    Optional.ofNullable(restarts.get(key)).orElseThrow().run();
  }

  private Tolerance tolerance(Plan plan) {
    return NumericClass.tolerance(
        village.parameters().training(), plan.stages().getFirst().model());
  }

  private static Auditor.Secrets secrets(PublicKey key) {
    return new Auditor.Secrets() {
      @Override
      public Hash salt(AuditId audit) {
        return Hashing.of("salt", key.bytes(), Bytes.utf8(audit.toString()));
      }

      @Override
      public Hash key(StageSlot slot, long epoch) {
        return Hashing.of("sketch", key.bytes(), Writer.encode(slot::write), Bytes.ofU64(epoch));
      }
    };
  }

  /// What everybody has to say in the next block.
  List<WorkCall> said() {
    List<WorkCall> all = List.copyOf(calls);
    calls.clear();
    return all;
  }

  /// All that follows from the newest block.
  void live() {
    events.addAll(timers);
    timers.clear();
    seats.forEach((key, held) ->
        later(
            key,
            new MinerInput.Finalized(
                village.now(), held.in(village.state()), held.retained(village.state()))));
    books.forEach((key, book) ->
        later(key, new AuditorInput.Finalized(village.now(), book.in(village.state()))));
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

  private void send(PublicKey from, SendTensor tensor) {
    if (tensor.name() instanceof EvidenceName name) {
      later(tensor.to(), new AuditorInput.EvidenceReceived(from, name, tensor.payload()));
      if (name.isAnswer()) {
        return;
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
          later(self, new MinerInput.DataFetched(manifest, text));
      case MinerEffect.StoreBlob _ -> {
        // Nobody serves the model here.
      }
      case MinerEffect.FindEvidence() -> later(self, new MinerInput.EvidenceFound(found(self)));
      case MinerEffect.KeepEvidence(String group, Manifest manifest, var chunks) -> {
        put(self, group, manifest.id(), Bytes.concat(chunks.toArray(Bytes[]::new)));
        later(self, new MinerInput.EvidenceKept(true));
      }
      case MinerEffect.WriteEvidence(String group, Bytes contents) -> {
        shelf(self).computeIfAbsent(group, _ -> new TreeMap<>());
        documents(self).put(group, contents);
        later(self, new MinerInput.EvidenceKept(true));
      }
      case MinerEffect.FetchEvidence(String group, Hash manifest, var _, long _) ->
          later(
              self,
              gathered(self, group, manifest)
                  .map(blob -> (MinerInput) new MinerInput.EvidenceFetched(group, manifest, blob))
                  .orElse(new MinerInput.EvidenceFailed(group, manifest, "nobody has it")));
      case MinerEffect.DropEvidence(String group) -> {
        shelf(self).remove(group);
        documents(self).remove(group);
      }
      case MinerEffect.StartTimer(var slot, long _) ->
          timers.addLast(() -> later(self, new MinerInput.TimerFired(slot)));
      case MinerEffect.Report _ -> {
        // What becomes of it is on chain.
      }
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
          later(self, new AuditorInput.DataFetched(manifest, text));
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
      case AuditorEffect.Drop(String group) -> shelf(self).remove(group);
      case AuditorEffect.StartTimer(var audit, long _) ->
          timers.addLast(() -> later(self, new AuditorInput.TimerFired(audit)));
      case AuditorEffect.StartDataTimer(var manifest, long _) ->
          timers.addLast(() -> later(self, new AuditorInput.DataTimerFired(manifest)));
      case AuditorEffect.StartKeepTimer(String group, long _) ->
          timers.addLast(() -> later(self, new AuditorInput.KeepTimerFired(group)));
      case AuditorEffect.Report _ -> {
        // What becomes of it is on chain.
      }
    }
  }

  /// From the own shelf, or anybody's; who withholds has nothing on it.
  private Optional<Bytes> gathered(PublicKey self, String group, Hash manifest) {
    List<PublicKey> asked = new ArrayList<>(List.of(self));
    asked.addAll(shelves.keySet());
    Optional<Bytes> found =
        asked.stream()
            .flatMap(key -> shelf(key).values().stream())
            .flatMap(blobs -> Optional.ofNullable(blobs.get(manifest)).stream())
            .findFirst();
    found.ifPresent(blob -> put(self, group, manifest, blob));
    return found;
  }

  /// What an earlier process left.
  private SortedMap<String, Optional<Bytes>> found(PublicKey self) {
    SortedMap<String, Optional<Bytes>> groups = new TreeMap<>();
    shelf(self)
        .keySet()
        .forEach(group -> groups.put(group, Optional.ofNullable(documents(self).get(group))));
    return groups;
  }

  private SortedMap<String, Bytes> documents(PublicKey key) {
    return Optional.ofNullable(documents.get(key)).orElseThrow();
  }

  private SortedMap<String, SortedMap<Hash, Bytes>> shelf(PublicKey key) {
    return Optional.ofNullable(shelves.get(key)).orElseThrow();
  }

  private void put(PublicKey self, String group, Hash manifest, Bytes blob) {
    shelf(self).computeIfAbsent(group, _ -> new TreeMap<>()).put(manifest, blob);
  }
}

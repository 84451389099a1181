package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.blob.ReedSolomon;
import nimble.blob.Shards;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Sim;
import nimble.training.Audit;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.EvidenceName;
import nimble.training.role.KeepDuty;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.training.role.TensorMessage;
import nimble.training.role.Tiny;
import nimble.training.role.TinyBase;
import nimble.training.role.TrainedJob;
import nimble.training.role.evidence.Bundle;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.evidence.RoundIndex;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.vm.reference.ReferenceMachine;

/// Validators that audit a trained job in simulated time.
public class AuditWorld {
  private static final long BLOCK_MILLIS = 200;

  public final Sim sim;
  final Plan plan;
  final TrainedJob job;
  final int count;
  public final AuditChain chain;
  final List<Auditor> auditors = new ArrayList<>();
  final List<AuditorProgress> progress = new ArrayList<>();
  final List<Hash> fetches = new ArrayList<>();
  final List<SortedMap<String, SortedMap<Hash, Bytes>>> shelves = new ArrayList<>();
  final List<List<KeepDuty>> keeps = new ArrayList<>();
  final SortedSet<Integer> silent = new TreeSet<>();
  final SortedMap<Hash, Bytes> served = new TreeMap<>();
  final List<SortedMap<String, Bytes>> documents = new ArrayList<>();
  public final SortedSet<Hash> vanished = new TreeSet<>();
  public int dataFetches;
  boolean trickles;
  int tasksOut;
  int tasksOutMost;

  /// Two that do as they should.
  public static AuditWorld honest(long seed, Plan plan, TrainedJob job) {
    return new AuditWorld(
        seed,
        plan,
        job,
        2,
        (p, stage) -> new MachineAudit(new ReferenceMachine(), p, stage, Tiny.TOLERANCE));
  }

  AuditWorld(long seed, Plan plan, TrainedJob job, int count, Auditor.Works works) {
    sim = new Sim(seed);
    this.plan = plan;
    this.job = job;
    this.count = count;
    chain = new AuditChain(sim, plan, job, count);
    served.putAll(job.blobs);
    for (int i = 0; i < count; i++) {
      auditors.add(auditor(i, works));
      shelves.add(new TreeMap<>());
      keeps.add(new ArrayList<>());
      documents.add(new TreeMap<>());
    }
    sim.after(0, this::block);
  }

  static Auditor auditor(int index, Auditor.Works works) {
    return new Auditor(works, Secrets.of("auditor " + index), AuditChain.COMMIT);
  }

  private static Bytes data(Hash manifest) {
    return TinyBase.BLOBS.getOrDefault(manifest, Tiny.TEXT);
  }

  private void block() {
    chain.grow();
    for (int i = 0; i < count; i++) {
      int index = i;
      sim.after(
          sim.random().nextInt(30),
          () -> handle(index, new AuditorInput.Finalized(chain.now(), duties(index))));
    }
    sim.after(BLOCK_MILLIS, this::block);
  }

  Duties duties(int index) {
    return chain.duties(index, keeps.get(index));
  }

  /// A new process in its place.
  void restart(int index, Auditor.Works works) {
    auditors.set(index, auditor(index, works));
  }

  void handle(int index, AuditorInput input) {
    auditors.get(index).handle(input).forEach(effect -> perform(index, effect));
  }

  private void perform(int index, AuditorEffect effect) {
    switch (effect) {
      case AuditorEffect.Submit(WorkCall call) ->
          sim.after(10 + sim.random().nextInt(50), () -> chain.submit(call));
      case SendTensor(var to, var name, var payload) ->
          send(index, to, (EvidenceName) name, payload);
      case AuditorEffect.Compute(StageSlot slot, long task, Task work) -> {
        tasksOut++;
        tasksOutMost = Math.max(tasksOutMost, tasksOut);
        sim.after(
            20 + sim.random().nextInt(50),
            () -> {
              tasksOut--;
              handle(index, computed(slot, task, work));
            });
      }
      case AuditorEffect.FetchData(Hash manifest) -> {
        dataFetches++;
        AuditorInput answer =
            vanished.contains(manifest)
                ? new AuditorInput.DataFailed(manifest, "nobody has it")
                : new AuditorInput.DataFetched(manifest, data(manifest));
        sim.after(sim.random().nextInt(100), () -> handle(index, answer));
      }
      case AuditorEffect.FetchEvidence fetch -> {
        // As long as chunks trickle in no fetch fails, and none is done.
        if (!trickles) {
          sim.after(5 + sim.random().nextInt(50), () -> handle(index, fetched(index, fetch)));
        }
      }
      case AuditorEffect.ReadDocument(String group) -> {
        Optional<Bytes> kept = Optional.ofNullable(documents.get(index).get(group));
        sim.after(20, () -> handle(index, new AuditorInput.DocumentRead(group, kept)));
      }
      case AuditorEffect.WriteDocument(String group, Bytes contents) -> {
        documents.get(index).put(group, contents);
        sim.after(5, () -> handle(index, new AuditorInput.DocumentWritten(group, true)));
      }
      case AuditorEffect.Drop(String group) -> {
        shelves.get(index).remove(group);
        documents.get(index).remove(group);
      }
      case AuditorEffect.StartTimer(AuditId audit, long millis) ->
          sim.after(millis, () -> handle(index, new AuditorInput.TimerFired(audit)));
      case AuditorEffect.StartDataTimer(Hash manifest, long millis) ->
          sim.after(millis, () -> handle(index, new AuditorInput.DataTimerFired(manifest)));
      case AuditorEffect.StartKeepTimer(String group, long millis) ->
          sim.after(millis, () -> handle(index, new AuditorInput.KeepTimerFired(group)));
      case AuditorEffect.Report(AuditorProgress told) -> progress.add(told);
    }
  }

  private static AuditorInput computed(StageSlot slot, long task, Task work) {
    try {
      return new AuditorInput.Computed(slot, task, work.run());
    } catch (IllegalStateException e) {
      return new AuditorInput.ComputeFailed(slot, task, String.valueOf(e.getMessage()));
    }
  }

  /// From the shelf of any source, or the miner that serves.
  private AuditorInput fetched(int index, AuditorEffect.FetchEvidence fetch) {
    fetches.add(fetch.manifest());
    List<PublicKey> all = new ArrayList<>(List.of(Tiny.key(AuditChain.FIRST + index)));
    all.addAll(fetch.sources());
    for (PublicKey source : all) {
      Optional<Bytes> blob = Optional.empty();
      for (int i = 0; i < count; i++) {
        if (source.equals(Tiny.key(AuditChain.FIRST + i))) {
          blob =
              shelves.get(i).values().stream()
                  .flatMap(group -> Optional.ofNullable(group.get(fetch.manifest())).stream())
                  .findFirst();
        }
      }
      for (int stage = 0; stage < plan.depth(); stage++) {
        if (source.equals(Tiny.key(stage)) && !silent.contains(stage)) {
          blob = Optional.ofNullable(served.get(fetch.manifest()));
        }
      }
      if (blob.isPresent()) {
        shelves
            .get(index)
            .computeIfAbsent(fetch.group(), _ -> new TreeMap<>())
            .put(fetch.manifest(), blob.get());
        return new AuditorInput.EvidenceFetched(fetch.group(), fetch.manifest(), blob.get());
      }
    }
    return new AuditorInput.EvidenceFailed(fetch.group(), fetch.manifest(), "nobody has it");
  }

  private void send(int from, PublicKey to, EvidenceName name, Bytes payload) {
    Bytes message = new TensorMessage(name, payload).encode();
    sim.after(
        5 + sim.random().nextInt(40),
        () -> deliver(Tiny.key(AuditChain.FIRST + from), to, message));
  }

  private void deliver(PublicKey from, PublicKey to, Bytes message) {
    try {
      TensorMessage read = TensorMessage.decode(message);
      EvidenceName name = (EvidenceName) read.name();
      for (int i = 0; i < count; i++) {
        if (to.equals(Tiny.key(AuditChain.FIRST + i))) {
          handle(i, new AuditorInput.EvidenceReceived(from, name, read.payload()));
        }
      }
      for (int stage = 0; stage < plan.depth(); stage++) {
        if (to.equals(Tiny.key(stage)) && !silent.contains(stage)) {
          answer(stage, from, name);
        }
      }
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private void answer(int stage, PublicKey to, EvidenceName name) {
    boolean shards = name.kind() == EvidenceName.Kind.ASK_SHARDS;
    if (shards && !chain.audits.containsKey(new AuditId(Tiny.JOB, name.audit()))) {
      return;
    }
    Bytes told = shards ? list(name.audit()) : index(stage, name.round()).encode();
    for (int i = 0; i < count; i++) {
      if (to.equals(Tiny.key(AuditChain.FIRST + i))) {
        int asker = i;
        EvidenceName answer = name.as(shards ? EvidenceName.Kind.SHARDS : EvidenceName.Kind.INDEX);
        sim.after(
            10,
            () -> handle(asker, new AuditorInput.EvidenceReceived(Tiny.key(stage), answer, told)));
      }
    }
  }

  private Bytes list(long number) {
    Audit audit =
        Optional.ofNullable(chain.audits.get(new AuditId(Tiny.JOB, number))).orElseThrow();
    Shards.Cut cut = cut(audit, audit.challenge().orElseThrow().shares().code());
    cut.shards().forEach(shard -> served.put(shard.id(), shard.whole()));
    return cut.list().encode();
  }

  /// A seam for miners that cut something else.
  Shards.Cut cut(Audit audit, ReedSolomon code) {
    TrainedJob.Round round = job.rounds.get(audit.round()).get(audit.slot().stage());
    RoundEvidence evidence =
        new RoundEvidence(plan, audit.slot().stage(), audit.round(), round.index(), round.closed());
    return Shards.cut(code, Bundle.of(evidence, audit.step(), served));
  }

  /// A seam for miners that lie about where their evidence is.
  RoundIndex index(int stage, int round) {
    return job.rounds.get(round).get(stage).index();
  }
}

package nimble.training.role;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import nimble.blob.ReedSolomon;
import nimble.blob.Shards;
import nimble.chain.AuditCall;
import nimble.chain.AuditId;
import nimble.chain.ServeCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Sim;
import nimble.training.Audit;
import nimble.training.Audit.Phase;
import nimble.training.AuditSeat;
import nimble.training.Challenge;
import nimble.training.NumericClass;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Span;

/// Validators that audit a trained job in simulated time, and as much of the chain as they see.
/// Node numbers: miners are stages, validators follow from [#FIRST] on.
class AuditWorld {
  static final int FIRST = 20;
  static final Span COMMIT = new Span(9_000, 9);
  private static final long BLOCK_MILLIS = 200;

  /// Whose commitment for which epoch.
  record Sketched(StageSlot slot, Address auditor, long epoch) {}

  final Sim sim;
  final Plan plan;
  final TrainedJob job;
  final int count;
  final List<Auditor> auditors = new ArrayList<>();
  final SortedMap<AuditId, Audit> audits = new TreeMap<>();
  final SortedMap<AuditId, List<AuditSeat>> closed = new TreeMap<>();
  final SortedMap<StageSlot, SortedMap<Address, Hash>> joined = new TreeMap<>();
  final SortedMap<StageSlot, SortedMap<Address, Hash>> opened = new TreeMap<>();
  final List<WorkCall> calls = new ArrayList<>();
  final List<AuditorProgress> progress = new ArrayList<>();
  final List<Hash> fetches = new ArrayList<>();
  final List<SortedMap<String, SortedMap<Hash, Bytes>>> shelves = new ArrayList<>();
  final List<List<KeepDuty>> keeps = new ArrayList<>();
  final SortedSet<Integer> silent = new TreeSet<>();
  final SortedMap<Hash, Bytes> served = new TreeMap<>();
  final Map<Sketched, Hash> sketched = new LinkedHashMap<>();
  final List<AuditCall.SketchOpen> reports = new ArrayList<>();
  final List<SortedMap<String, Bytes>> documents = new ArrayList<>();
  long epoch;
  boolean matching;
  boolean opening;
  int tasksOut;
  int tasksOutMost;
  private long height;

  AuditWorld(long seed, Plan plan, TrainedJob job, int count, Auditor.Works works) {
    sim = new Sim(seed);
    this.plan = plan;
    this.job = job;
    this.count = count;
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
    return new Auditor(works, Secrets.of("auditor " + index), COMMIT);
  }

  static Address account(int index) {
    return Tiny.address(FIRST + index);
  }

  private static Bytes data(Hash manifest) {
    return TinyBase.BLOBS.getOrDefault(manifest, Tiny.TEXT);
  }

  Moment now() {
    return new Moment(sim.nowMillis(), height);
  }

  AuditId draw(long number, int stage, int round, int step, Integer... seats) {
    Address[] accounts = List.of(seats).stream().map(AuditWorld::account).toArray(Address[]::new);
    Audit audit = Audits.drawn(number, stage, round, step, COMMIT.after(now()), accounts);
    audits.put(audit.id(), audit);
    return audit.id();
  }

  private void block() {
    height++;
    List.copyOf(audits.values()).forEach(this::overdue);
    for (int i = 0; i < count; i++) {
      int index = i;
      sim.after(
          sim.random().nextInt(30),
          () -> handle(index, new AuditorInput.Finalized(now(), duties(index))));
    }
    sim.after(BLOCK_MILLIS, this::block);
  }

  private void overdue(Audit audit) {
    if (!audit.due().reachedAt(now())) {
      return;
    }
    switch (audit.phase()) {
      case CONCEDING ->
          audits.put(
              audit.id(), Audits.with(audit, Phase.VOTING, COMMIT.after(now()), audit.seats()));
      case COMMITTING, REVEALING, CHALLENGED, VOTING, DISPUTED -> {
        closed.put(audit.id(), audit.seats());
        audits.remove(audit.id());
      }
    }
  }

  Duties duties(int index) {
    Address self = account(index);
    SortedSet<PublicKey> validators = new TreeSet<>();
    IntStream.range(0, count).forEach(i -> validators.add(Tiny.key(FIRST + i)));
    List<StageDuty> stages = new ArrayList<>();
    for (int stage = 0; stage < plan.depth(); stage++) {
      StageSlot slot = new StageSlot(Tiny.JOB, stage, 0);
      Optional<Hash> commitment = at(joined, slot, self);
      stages.add(
          new StageDuty(
              slot,
              plan,
              self,
              Optional.of(Tiny.key(stage)),
              matching && commitment.isEmpty(),
              opening && commitment.isPresent(),
              commitment,
              at(opened, slot, self),
              sketch(slot, self)));
    }
    return new Duties(validators, stages, auditDuties(self), keeps.get(index));
  }

  /// Of who is of another class than all miners are.
  private Optional<SketchDuty> sketch(StageSlot slot, Address self) {
    return at(opened, slot, self)
        .filter(own -> !own.equals(Audits.CLASS))
        .map(_ -> {
          Optional<Hash> now = Optional.ofNullable(sketched.get(new Sketched(slot, self, epoch)));
          return new SketchDuty(
              Tiny.address(slot.stage()),
              epoch,
              now.isEmpty(),
              now,
              Optional.ofNullable(sketched.get(new Sketched(slot, self, epoch - 1))));
        });
  }

  private static Optional<Hash> at(
      SortedMap<StageSlot, SortedMap<Address, Hash>> all, StageSlot slot, Address self) {
    return Optional.ofNullable(all.get(slot)).map(of -> of.get(self));
  }

  private List<AuditDuty> auditDuties(Address self) {
    List<AuditDuty> all = new ArrayList<>();
    for (Audit audit : audits.values()) {
      if (DutyBook.concerns(audit, self)) {
        TrainedJob.Round round = job.rounds.get(audit.round()).get(audit.slot().stage());
        all.add(
            new AuditDuty(
                audit,
                plan,
                self,
                false,
                round.closed(),
                sources(audit),
                Optional.empty(),
                audit.challenge().map(it -> ShardDuty.of(it, self, AuditWorld::key))));
      }
    }
    return all;
  }

  private static Optional<PublicKey> key(Address account) {
    return IntStream.range(FIRST, FIRST + 100)
        .filter(node -> Tiny.address(node).equals(account))
        .mapToObj(Tiny::key)
        .findFirst();
  }

  private List<PublicKey> sources(Audit audit) {
    List<PublicKey> all = new ArrayList<>();
    all.add(Tiny.key(audit.slot().stage()));
    for (int i = 0; i < count; i++) {
      if (audit.holders().contains(account(i))) {
        all.add(Tiny.key(FIRST + i));
      }
    }
    return all;
  }

  void handle(int index, AuditorInput input) {
    auditors.get(index).handle(input).forEach(effect -> perform(index, effect));
  }

  private void perform(int index, AuditorEffect effect) {
    switch (effect) {
      case AuditorEffect.Submit(WorkCall call) ->
          sim.after(10 + sim.random().nextInt(50), () -> submit(call));
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
      case AuditorEffect.FetchData(Hash manifest) ->
          sim.after(
              sim.random().nextInt(100),
              () -> handle(index, new AuditorInput.DataFetched(manifest, data(manifest))));
      case AuditorEffect.FetchEvidence fetch ->
          sim.after(5 + sim.random().nextInt(50), () -> handle(index, fetched(index, fetch)));
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
    List<PublicKey> all = new ArrayList<>(List.of(Tiny.key(FIRST + index)));
    all.addAll(fetch.sources());
    for (PublicKey source : all) {
      Optional<Bytes> blob = Optional.empty();
      for (int i = 0; i < count; i++) {
        if (source.equals(Tiny.key(FIRST + i))) {
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
    sim.after(5 + sim.random().nextInt(40), () -> deliver(Tiny.key(FIRST + from), to, message));
  }

  private void deliver(PublicKey from, PublicKey to, Bytes message) {
    try {
      TensorMessage read = TensorMessage.decode(message);
      EvidenceName name = (EvidenceName) read.name();
      for (int i = 0; i < count; i++) {
        if (to.equals(Tiny.key(FIRST + i))) {
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
    if (shards && !audits.containsKey(new AuditId(Tiny.JOB, name.audit()))) {
      return;
    }
    Bytes told = shards ? list(name.audit()) : index(stage, name.round()).encode();
    for (int i = 0; i < count; i++) {
      if (to.equals(Tiny.key(FIRST + i))) {
        int asker = i;
        EvidenceName answer = name.as(shards ? EvidenceName.Kind.SHARDS : EvidenceName.Kind.INDEX);
        sim.after(
            10,
            () -> handle(asker, new AuditorInput.EvidenceReceived(Tiny.key(stage), answer, told)));
      }
    }
  }

  private Bytes list(long number) {
    Audit audit = Optional.ofNullable(audits.get(new AuditId(Tiny.JOB, number))).orElseThrow();
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

  /// As much of the rules as auditors see.
  private void submit(WorkCall call) {
    calls.add(call);
    switch (call) {
      case AuditCall.AuditorJoin(StageSlot slot, Address auditor, Hash commitment) ->
          joined.computeIfAbsent(slot, _ -> new TreeMap<>()).putIfAbsent(auditor, commitment);
      case AuditCall.AuditorOpen(StageSlot slot, Address auditor, Hash numericClass) -> {
        Hash hidden = NumericClass.commitment(numericClass, auditor);
        if (opening && at(joined, slot, auditor).equals(Optional.of(hidden))) {
          opened.computeIfAbsent(slot, _ -> new TreeMap<>()).put(auditor, numericClass);
        }
      }
      case AuditCall.AuditCommit commit -> committed(commit);
      case AuditCall.AuditReveal reveal -> revealed(reveal);
      case AuditCall.DataChallenge(AuditId id, Address auditor) -> {
        Audit audit = audits.get(id);
        if (audit != null && audit.phase() == Phase.COMMITTING && audit.challenger().isEmpty()) {
          audits.put(
              id,
              Audits.with(
                  audit,
                  Phase.CHALLENGED,
                  COMMIT.after(now()),
                  audit.seats(),
                  Optional.of(new Challenge(auditor, parts(), Optional.empty())),
                  List.of()));
        }
      }
      case AuditCall.DataAnswer(AuditId id, Address validator, Hash bundle) ->
          held(id, validator, bundle);
      case ServeCall _ -> {
        // Nothing is served here.
      }
      case AuditCall.DisputeMove _, AuditCall.DisputeFinding _ -> {
        // Nothing is disputed here.
      }
      case AuditCall.VerdictVote(AuditId id, Address validator, var verdict, Hash answer) -> {
        Audit audit = audits.get(id);
        if (audit != null && audit.phase() == Phase.VOTING) {
          List<Audit.Vote> votes = new ArrayList<>(audit.votes());
          votes.add(new Audit.Vote(validator, verdict, answer));
          audits.put(
              id,
              Audits.with(
                  audit, Phase.VOTING, audit.due(), audit.seats(), audit.challenge(), votes));
        }
      }
      case AuditCall.SketchCommit begun -> {
        if (begun.epoch() == epoch) {
          sketched.putIfAbsent(
              new Sketched(begun.slot(), begun.auditor(), epoch), begun.commitment());
        }
      }
      case AuditCall.SketchOpen report -> {
        Hash committed = sketched.remove(new Sketched(report.slot(), report.auditor(), epoch - 1));
        if (report.epoch() == epoch - 1 && report.commitment().equals(committed)) {
          reports.add(report);
        }
      }
      case WorkCall.DoubleVote _, WorkCall.OfStage _, AuditCall.Concede _, AuditCall.Appeal _ -> {
        // Miners say these.
      }
    }
  }

  private void committed(AuditCall.AuditCommit call) {
    Audit audit = audits.get(call.audit());
    if (audit == null || audit.phase() != Phase.COMMITTING) {
      return;
    }
    List<AuditSeat> seats =
        audit.seats().stream()
            .map(seat ->
                seat.auditor().equals(call.auditor())
                    ? new AuditSeat(
                        seat.auditor(), Optional.of(call.commitment()), seat.reveal(), false)
                    : seat)
            .toList();
    boolean all = seats.stream().allMatch(seat -> seat.commitment().isPresent());
    audits.put(
        audit.id(),
        Audits.with(
            audit,
            all ? Phase.REVEALING : Phase.COMMITTING,
            all ? COMMIT.after(now()) : audit.due(),
            seats));
  }

  private void revealed(AuditCall.AuditReveal call) {
    Audit audit = audits.get(call.audit());
    if (audit == null || audit.phase() != Phase.REVEALING) {
      return;
    }
    List<AuditSeat> seats =
        audit.seats().stream()
            .map(seat ->
                seat.auditor().equals(call.auditor())
                        && seat.commitment().equals(Optional.of(call.commitment()))
                    ? new AuditSeat(
                        seat.auditor(),
                        seat.commitment(),
                        Optional.of(
                            new AuditSeat.Reveal(call.verdict(), call.answer(), Optional.empty())),
                        false)
                    : seat)
            .toList();
    Audit heard = Audits.with(audit, Phase.REVEALING, audit.due(), seats);
    if (seats.stream().anyMatch(seat -> seat.reveal().isEmpty())) {
      audits.put(audit.id(), heard);
    } else if (seats.stream().map(AuditSeat::reveal).distinct().count() > 1) {
      audits.put(audit.id(), Audits.with(heard, Phase.CONCEDING, new Moment(0, 0), seats));
    } else {
      closed.put(audit.id(), seats);
      audits.remove(audit.id());
    }
  }

  private List<Challenge.Part> parts() {
    return IntStream.range(0, count)
        .mapToObj(i -> new Challenge.Part(account(i), 1_000 + i, Optional.empty()))
        .toList();
  }

  private void held(AuditId id, Address validator, Hash bundle) {
    Audit audit = audits.get(id);
    if (audit == null || audit.phase() != Phase.CHALLENGED) {
      return;
    }
    Challenge challenge = audit.challenge().orElseThrow().hold(validator, bundle);
    boolean enough = challenge.bundle().isPresent();
    audits.put(
        id,
        Audits.with(
            audit,
            enough ? Phase.COMMITTING : Phase.CHALLENGED,
            enough ? COMMIT.after(now()) : audit.due(),
            audit.seats(),
            Optional.of(challenge),
            List.of()));
  }
}

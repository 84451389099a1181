package nimble.training.role.auditor;

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
import nimble.chain.AuditCall;
import nimble.chain.AuditId;
import nimble.chain.ServeCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.sim.Sim;
import nimble.training.Audit;
import nimble.training.Audit.Phase;
import nimble.training.AuditSeat;
import nimble.training.Challenge;
import nimble.training.NumericClass;
import nimble.training.role.Audits;
import nimble.training.role.KeepDuty;
import nimble.training.role.Tiny;
import nimble.training.role.TrainedJob;
import nimble.training.role.evidence.Plan;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Span;

/// As much of the chain as auditors see. Node numbers: miners are stages, validators follow from
/// [#FIRST] on.
public final class AuditChain {
  static final int FIRST = 20;
  static final Span COMMIT = new Span(9_000, 9);

  /// Whose commitment for which epoch.
  record Sketched(StageSlot slot, Address auditor, long epoch) {}

  final SortedMap<AuditId, Audit> audits = new TreeMap<>();
  public final SortedMap<AuditId, List<AuditSeat>> closed = new TreeMap<>();
  final SortedMap<StageSlot, SortedMap<Address, Hash>> joined = new TreeMap<>();
  final SortedMap<StageSlot, SortedMap<Address, Hash>> opened = new TreeMap<>();
  final List<WorkCall> calls = new ArrayList<>();
  final Map<Sketched, Hash> sketched = new LinkedHashMap<>();
  final List<AuditCall.SketchOpen> reports = new ArrayList<>();
  long epoch;
  boolean matching;
  boolean opening;
  private final Sim sim;
  private final Plan plan;
  private final TrainedJob job;
  private final int count;
  private long height;

  /// @param count of validators
  AuditChain(Sim sim, Plan plan, TrainedJob job, int count) {
    this.sim = sim;
    this.plan = plan;
    this.job = job;
    this.count = count;
  }

  static Address account(int index) {
    return Tiny.address(FIRST + index);
  }

  /// All validators have shown this class for all stages.
  public void open(Hash numericClass) {
    for (int stage = 0; stage < plan.depth(); stage++) {
      StageSlot slot = new StageSlot(Tiny.JOB, stage, 0);
      for (SortedMap<StageSlot, SortedMap<Address, Hash>> all : List.of(joined, opened)) {
        SortedMap<Address, Hash> classes = new TreeMap<>();
        IntStream.range(0, count).forEach(i -> classes.put(account(i), numericClass));
        all.put(slot, classes);
      }
    }
  }

  /// One block more.
  void grow() {
    height++;
    List.copyOf(audits.values()).forEach(this::overdue);
  }

  Moment now() {
    return new Moment(sim.nowMillis(), height);
  }

  public AuditId draw(long number, int stage, int round, int step, Integer... seats) {
    Address[] accounts = List.of(seats).stream().map(AuditChain::account).toArray(Address[]::new);
    Audit audit = Audits.drawn(number, stage, round, step, COMMIT.after(now()), accounts);
    audits.put(audit.id(), audit);
    return audit.id();
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

  Duties duties(int index, List<KeepDuty> keeps) {
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
    return new Duties(validators, stages, auditDuties(self), keeps);
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
                audit.challenge().map(it -> ShardDuty.of(it, self, AuditChain::key))));
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

  void submit(WorkCall call) {
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

package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.SketchCommit;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.ledger.JobRules;
import nimble.ledger.Miners;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Registration;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.ledger.Validators.Validator;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.Auditor;
import nimble.training.Auditors;
import nimble.training.ClosedRound;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.Jobs;
import nimble.training.Sketches;
import nimble.training.role.KeepDuty;
import nimble.training.role.evidence.Plan;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// Reads from finalized state what the validator with a hot key has to do. One owner.
public final class DutyBook {
  /// How long what came of a job is kept after its end.
  public static final long RESULTS_MILLIS = 3 * 86_400_000L;

  private final PublicKey hotKey;
  private final JobRules rules;
  private final SortedMap<JobId, Plan> plans = new TreeMap<>();
  private final LeftJobs left = new LeftJobs();
  private final ServeBook serving;

  public DutyBook(PublicKey hotKey, JobRules rules) {
    this.hotKey = hotKey;
    this.rules = rules;
    serving = new ServeBook(rules);
  }

  /// What `Finalized` takes.
  ///
  /// @param state after the newest finalized block
  public Duties in(StateView state) {
    List<Validator> validators = Validators.all(state);
    Optional<Address> self =
        validators.stream()
            .filter(validator -> validator.registration().hotKey().equals(hotKey))
            .map(Validator::address)
            .findFirst();
    return self.map(address -> of(state, address, validators)).orElse(Duties.NONE);
  }

  private Duties of(StateView state, Address self, List<Validator> validators) {
    SortedSet<PublicKey> keys = new TreeSet<>();
    validators.forEach(validator -> keys.add(validator.registration().hotKey()));
    List<StageDuty> stages = new ArrayList<>();
    List<AuditDuty> audits = new ArrayList<>();
    List<KeepDuty> keeps = new ArrayList<>();
    DutyKeeps kept = new DutyKeeps(state, rules, self, hotKey);
    List<JobId> active = Jobs.active(state);
    plans.keySet().retainAll(active);
    for (JobId id : active) {
      Job job = Jobs.load(state, id).orElseThrow();
      Plan plan = plans.computeIfAbsent(id, _ -> plan(state, job));
      for (int stage = 0; stage < job.stages().size(); stage++) {
        stages.add(stage(state, job, plan, stage, self));
      }
      for (long number : Jobs.openAudits(state, id)) {
        Jobs.audit(state, new AuditId(id, number))
            .filter(audit -> concerns(audit, self))
            .flatMap(audit -> audit(state, plan, audit, self))
            .ifPresent(audits::add);
      }
      keeps.addAll(kept.of(job, plan));
    }
    left.in(state, active).forEach(it -> keeps.addAll(kept.of(it.job(), it.plan())));
    return new Duties(keys, stages, audits, keeps, serving.of(state, self));
  }

  private static Plan plan(StateView state, Job job) {
    return Plan.of(job, Jobs.spec(state, job.id()).orElseThrow());
  }

  private StageDuty stage(StateView state, Job job, Plan plan, int stage, Address self) {
    StageSlot slot = job.slot(stage);
    Optional<Auditor> joined = auditor(state, slot, self);
    return new StageDuty(
        slot,
        plan,
        self,
        Miners.get(state, job.stages().get(stage).miner()).map(miner -> miner.hotKey()),
        rules.signerOf(state, new AuditorJoin(slot, self, Hash.ZERO)).isPresent(),
        joined.isPresent() && opens(state, job),
        joined.map(Auditor::classCommitment),
        joined.flatMap(Auditor::numericClass),
        joined.flatMap(Auditor::numericClass).flatMap(own -> sketch(state, job, stage, self, own)));
  }

  private Optional<SketchDuty> sketch(
      StateView state, Job job, int stage, Address self, Hash ownClass) {
    HeldStage held = job.stages().get(stage);
    StageSlot slot = job.slot(stage);
    long epoch = MoneyEpoch.of(state).number();
    Sketches sketches = Jobs.sketches(state, slot);
    SketchCommit any = new SketchCommit(slot, self, epoch, Hash.ZERO);
    return held.numericClass()
        .filter(miners -> !miners.equals(ownClass))
        .map(_ ->
            new SketchDuty(
                held.miner(),
                epoch,
                rules.signerOf(state, any).isPresent(),
                sketches.of(self, epoch).map(Sketches.Entry::commitment),
                sketches
                    .of(self, epoch - 1)
                    .filter(entry -> entry.opened().isEmpty())
                    .map(Sketches.Entry::commitment)));
  }

  private static boolean opens(StateView state, Job job) {
    return switch (job.state()) {
      case MATCHED -> Jobs.isOpening(state, job.id());
      case RUNNING, PAUSED -> true;
      case SETTLING, COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
    };
  }

  private static Optional<Auditor> auditor(StateView state, StageSlot slot, Address account) {
    return Jobs.auditors(state, slot).stream()
        .filter(auditor -> auditor.account().equals(account))
        .findFirst();
  }

  /// What a validator holds for others it keeps to the end.
  static boolean concerns(Audit audit, Address self) {
    return audit.seat(self).isPresent()
        || audit.holders().contains(self)
        || switch (audit.phase()) {
          case CHALLENGED, VOTING, DISPUTED -> true;
          case COMMITTING, REVEALING, CONCEDING -> false;
        };
  }

  private static Optional<AuditDuty> audit(StateView state, Plan plan, Audit audit, Address self) {
    Optional<ClosedRound> round = Jobs.unsettled(state, audit.id().job(), audit.serial());
    return round.map(closed ->
        new AuditDuty(
            audit,
            plan,
            self,
            Auditors.isMixed(state, audit),
            closed.stages().get(audit.slot().stage()),
            sources(state, audit, self),
            Jobs.dispute(state, audit.id()),
            audit
                .challenge()
                .map(made -> ShardDuty.of(made, self, account -> hotKey(state, account)))));
  }

  /// While the miner is asked for the first time nobody else is; once it was challenged, those come
  /// first that said that they hold the data.
  static List<PublicKey> sources(StateView state, Audit audit, Address self) {
    List<PublicKey> miner = new ArrayList<>();
    Miners.get(state, audit.miner()).ifPresent(registered -> miner.add(registered.hotKey()));
    List<PublicKey> others = new ArrayList<>();
    audit.holders().forEach(holder -> add(state, holder, self, others));
    boolean answered = audit.challenger().isPresent() && audit.phase() != Audit.Phase.CHALLENGED;
    if (audit.phase() != Audit.Phase.COMMITTING) {
      audit.seats().stream()
          .filter(seat -> seat.commitment().isPresent())
          .map(AuditSeat::auditor)
          .forEach(auditor -> add(state, auditor, self, others));
    }
    List<PublicKey> all = new ArrayList<>(answered ? others : miner);
    (answered ? miner : others).stream().filter(key -> !all.contains(key)).forEach(all::add);
    return all;
  }

  private static Optional<PublicKey> hotKey(StateView state, Address validator) {
    return Validators.get(state, validator).map(Registration::hotKey);
  }

  private static void add(StateView state, Address validator, Address self, List<PublicKey> to) {
    hotKey(state, validator)
        .filter(key -> !validator.equals(self) && !to.contains(key))
        .ifPresent(to::add);
  }
}

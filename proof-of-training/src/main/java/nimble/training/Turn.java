package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.check.Invariant;
import nimble.ledger.BlockContext;
import nimble.ledger.Overlay;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.vm.ModelSpec;

/// One change of one job: its present form, and the events on the way. Nothing of the job is in
/// state before [#save].
final class Turn implements Court {
  private final Overlay state;
  private final BlockContext context;
  private final List<JobEntry> entries = new ArrayList<>();
  private final Job before;
  private final SortedSet<Integer> struck = new TreeSet<>();
  private String lastStrike = "";
  private Job job;

  Turn(Overlay state, BlockContext context, Job job) {
    this.state = state;
    this.context = context;
    this.before = job;
    this.job = job;
  }

  static Turn of(Overlay state, BlockContext context, JobId id) {
    Optional<Job> job = Jobs.load(state, id);
    Invariant.check(job.isPresent(), "job %s is missing", id);
    return new Turn(state, context, job.orElseThrow());
  }

  @Override
  public Overlay state() {
    return state;
  }

  @Override
  public BlockContext context() {
    return context;
  }

  @Override
  public JobId id() {
    return job.id();
  }

  @Override
  public ModelSpec model() {
    return Jobs.spec(state, job.id()).orElseThrow().model();
  }

  @Override
  public AuditSums sums() {
    return job.audits();
  }

  @Override
  public void put(AuditSums sums) {
    job = job.with(sums);
  }

  @Override
  public Hash claimed(Audit audit) {
    return StepAudits.done(this, audit).numericClass();
  }

  @Override
  public long fee(Audit audit) {
    return StepAudits.fee(job, StepAudits.done(this, audit), audit.slot().stage());
  }

  @Override
  public long operations(Audit audit) {
    return StepAudits.operations(this, audit);
  }

  @Override
  public String subject(Audit audit) {
    return "step %d of round %d".formatted(audit.step(), audit.round());
  }

  @Override
  public boolean hearsMiner() {
    return true;
  }

  @Override
  public void concede(Audit audit) {
    Concessions.made(state, audit.miner());
    Conviction.concede(this, audit);
  }

  @Override
  public void dispute(Audit audit, boolean appealed) {
    Disputes.open(this, audit, appealed);
  }

  @Override
  public void disputeOverdue(Audit audit) {
    Disputes.overdue(this, audit);
  }

  @Override
  public void closed(Audit audit, AuditOutcome outcome) {
    long fees = Math.multiplyExact(fee(audit), (long) audit.heard().size());
    Drifts.closed(this, audit, outcome, fees);
    happened(
        new AuditEvent.AuditClosed(
            audit.id().number(),
            audit.slot().stage(),
            audit.round(),
            outcome,
            Verdicts.operations(this, audit)));
  }

  @Override
  public void unpaid(Audit audit) {
    Settlement.unpaid(this, audit.serial(), audit.slot().stage());
  }

  @Override
  public void strike(Audit audit, String rule, String reason) {
    StepAudits.strike(this, audit, rule, reason);
  }

  @Override
  public void deviated(Audit audit) {
    StepAudits.deviated(this, audit);
  }

  @Override
  public void convict(Audit audit, String reason, List<Address> finders) {
    Conviction.convict(this, audit.slot().stage(), audit.miner(), reason, finders);
  }

  Job job() {
    return job;
  }

  void set(Job changed) {
    job = changed;
  }

  void setStage(int index, HeldStage changed) {
    job = job.withStage(index, changed);
  }

  HeldStage stage(int index) {
    return job.stages().get(index);
  }

  void enter(JobState next, Moment due, Optional<JobState> ending, String reason) {
    String cut = Text.cut(reason, JobStatus.REASON_MAX);
    job = job.with(new JobStatus(next, now(), due, ending, cut));
  }

  @Override
  public void happened(JobEvent event) {
    JobEntry entry = new JobEntry(job.id(), job.events().size(), now(), event);
    entries.add(entry);
    job = job.with(job.events().append(entry.encode()));
  }

  /// Never asked again for this job.
  void refuse(Address miner) {
    if (!job.refused().contains(miner)) {
      job = job.refuse(miner);
    }
  }

  /// Stages whose miners got a strike in this turn.
  SortedSet<Integer> struck() {
    return struck;
  }

  String lastStrike() {
    return lastStrike;
  }

  /// @param rule of this package that it broke
  void strike(int index, String rule, String reason) {
    HeldStage stage = stage(index);
    struck.add(index);
    lastStrike = reason;
    setStage(index, stage.strike(job.progress().closed()));
    Strikes.add(state, stage.miner(), context.epoch());
    happened(
        new JobEvent.Struck(
            index, stage.miner(), Text.cut(rule + ": " + reason, JobEvent.REASON_MAX)));
  }

  /// Writes what changed, if anything did.
  void save() {
    if (!job.equals(before)) {
      Jobs.put(state, job);
    }
    if (!entries.isEmpty()) {
      JobEntry.append(state, job.id(), now(), entries);
    }
  }
}

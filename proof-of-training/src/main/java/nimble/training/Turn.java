package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.check.Invariant;
import nimble.genesis.TrainingParameters;
import nimble.ledger.BlockContext;
import nimble.ledger.Overlay;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;

/// One change of one job: its present form, and the events on the way. Nothing of the job is in
/// state before [#save].
final class Turn {
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

  Overlay state() {
    return state;
  }

  BlockContext context() {
    return context;
  }

  Moment now() {
    return context.now();
  }

  TrainingParameters parameters() {
    return context.parameters().training();
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

  void happened(JobEvent event) {
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

package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.StageSlot;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.spec.Limits;
import nimble.training.spec.Rounds;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.vm.Cuts;

/// A job as the chain knows it. Its money is in [nimble.ledger.Escrows], its spec and its unsettled
/// rounds have keys of their own ([Jobs]).
///
/// @param audits what checking it came to
/// @param former what miners that no longer hold a stage earned with it
/// @param refused miners that did not come, were struck out or were convicted; never asked again
///   for this job
/// @param events everything that happened to it, in order
public record Job(
    JobId id,
    JobOrder order,
    JobStatus status,
    JobProgress progress,
    List<HeldStage> stages,
    List<Address> refused,
    AuditSums audits,
    Earned former,
    MerkleMountainRange events) {
  private static final int VERSION = 1;

  /// Those that were replaced, and those that are out while nobody takes their stage.
  private static final int REFUSED_MAX = Limits.REMATCHES_MAX + Cuts.STAGES_MAX;

  public Job {
    stages = List.copyOf(stages);
    refused = List.copyOf(refused);
  }

  public JobState state() {
    return status.state();
  }

  public Rounds rounds() {
    return order.rounds();
  }

  public StageSlot slot(int stage) {
    return new StageSlot(id, stage, 0);
  }

  /// The stage that `miner` holds.
  public OptionalInt stageOf(Address miner) {
    for (int i = 0; i < stages.size(); i++) {
      if (stages.get(i).miner().equals(miner)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /// Whether whoever held a stage is out and nobody has taken it yet.
  public boolean isVacant(int stage) {
    return refused.contains(stages.get(stage).miner());
  }

  public boolean hasVacancy() {
    return stages.stream().anyMatch(stage -> refused.contains(stage.miner()));
  }

  /// Whether rounds are to come, now or when miners are there.
  boolean isAtWork() {
    return switch (state()) {
      case MATCHED, RUNNING, PAUSED -> true;
      case SETTLING, COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
    };
  }

  /// Whether it settles because it is done.
  public boolean completes() {
    return status.ending().equals(Optional.of(JobState.COMPLETED));
  }

  /// Whether the next round waits until an older one is settled.
  boolean isFull() {
    return progress.closed() - progress.settled() >= Limits.UNSETTLED_MAX;
  }

  public boolean allAccepted() {
    return stages.stream().allMatch(HeldStage::hasAccepted);
  }

  public boolean allOpened() {
    return stages.stream().allMatch(stage -> stage.numericClass().isPresent());
  }

  public boolean allCommitted() {
    return stages.stream().allMatch(stage -> stage.committed().isPresent());
  }

  /// Of all stages, whoever held them.
  public Earned earned() {
    return stages.stream().map(HeldStage::earned).reduce(former, Earned::add);
  }

  /// For reasons: what job, how it stands.
  String words() {
    return "job %s is %s".formatted(id, state());
  }

  Job with(JobStatus changed) {
    return new Job(id, order, changed, progress, stages, refused, audits, former, events);
  }

  Job with(JobProgress changed) {
    return new Job(id, order, status, changed, stages, refused, audits, former, events);
  }

  Job with(MerkleMountainRange changed) {
    return new Job(id, order, status, progress, stages, refused, audits, former, changed);
  }

  Job withStages(List<HeldStage> changed) {
    return new Job(id, order, status, progress, changed, refused, audits, former, events);
  }

  Job withStage(int index, HeldStage changed) {
    List<HeldStage> all = new ArrayList<>(stages);
    all.set(index, changed);
    return withStages(all);
  }

  Job with(AuditSums changed) {
    return new Job(id, order, status, progress, stages, refused, changed, former, events);
  }

  Job addFormer(Earned more) {
    return new Job(id, order, status, progress, stages, refused, audits, former.add(more), events);
  }

  Job refuse(Address miner) {
    List<Address> more = new ArrayList<>(refused);
    more.add(miner);
    return new Job(id, order, status, progress, stages, more, audits, former, events);
  }

  Job due(Moment later) {
    return with(status.due(later));
  }

  void write(Writer writer) {
    id.write(writer.u8(VERSION));
    order.write(writer);
    status.write(writer);
    progress.write(writer);
    writer.list(stages, Cuts.STAGES_MAX, HeldStage::write);
    writer.list(refused, REFUSED_MAX, Address::write);
    audits.write(writer);
    former.write(writer);
    events.write(writer);
  }

  /// From what [Jobs] stored; not for bytes of strangers.
  static Job read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new Job(
        JobId.read(reader),
        JobOrder.read(reader),
        JobStatus.read(reader),
        JobProgress.read(reader),
        reader.list(Cuts.STAGES_MAX, HeldStage::read),
        reader.list(REFUSED_MAX, Address::read),
        AuditSums.read(reader),
        Earned.read(reader),
        MerkleMountainRange.read(reader));
  }
}

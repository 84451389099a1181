package nimble.training;

import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.chain.WorkCall.RoundCommit;
import nimble.genesis.TrainingParameters;
import nimble.ledger.StateView;
import nimble.types.PublicKey;

/// Which work calls the chain waits for. A call that is let through here is never refused later.
final class Slots {
  private Slots() {}

  static Optional<PublicKey> signerOf(StateView state, WorkCall.OfJob call, TrainingParameters p) {
    return switch (call) {
      case WorkCall.OfStage ofStage -> signerOf(state, ofStage, p);
      case AuditCall audit -> AuditSlots.signerOf(state, audit, p);
    };
  }

  private static Optional<PublicKey> signerOf(
      StateView state, WorkCall.OfStage call, TrainingParameters p) {
    StageSlot slot = call.slot();
    return Jobs.load(state, slot.job())
        .filter(job -> slot.replica() == 0 && slot.stage() < job.stages().size())
        .filter(job -> isOpen(state, job, call, p))
        .flatMap(job -> hotKey(state, job, call));
  }

  private static Optional<PublicKey> hotKey(StateView state, Job job, WorkCall.OfStage call) {
    if (call instanceof CheckpointKept kept) {
      return Custody.hotKey(state, job, kept);
    }
    int stage = call.slot().stage();
    return job.isVacant(stage)
        ? Optional.empty()
        : Optional.of(Jobs.holder(state, job, stage).hotKey());
  }

  private static boolean isOpen(
      StateView state, Job job, WorkCall.OfStage call, TrainingParameters p) {
    HeldStage stage = job.stages().get(call.slot().stage());
    return switch (call) {
      // J4: accept first, all open when nobody else may join.
      case JobAccept accept -> takesAccept(job, stage, accept);
      case ClassOpen open ->
          job.state() == JobState.MATCHED
              && Jobs.isOpening(state, job.id())
              && stage.numericClass().isEmpty()
              && stage
                  .classCommitment()
                  .equals(Optional.of(NumericClass.commitment(open.numericClass(), stage.miner())));
      case RoundCommit commit ->
          takesRound(job, stage, commit)
              && (job.state() != JobState.PAUSED || !Auditors.isLacking(state, job, p));
      // J13, J25.
      case CheckpointRecord checkpoint -> Custody.takes(state, job, checkpoint);
      case CheckpointKept kept -> Custody.takes(state, job, kept);
    };
  }

  /// J4, J29: who accepts again stands by the class that it showed.
  private static boolean takesAccept(Job job, HeldStage stage, JobAccept accept) {
    return (job.state() == JobState.MATCHED || job.state() == JobState.PAUSED)
        && !stage.hasAccepted()
        && accept.attempt() == job.progress().failures()
        && stage
            .numericClass()
            .map(shown -> NumericClass.commitment(shown, stage.miner()))
            .filter(commitment -> !commitment.equals(accept.classCommitment()))
            .isEmpty();
  }

  /// J7.
  private static boolean takesRound(Job job, HeldStage stage, RoundCommit commit) {
    boolean awaited =
        (job.state() == JobState.RUNNING || job.state() == JobState.PAUSED)
            && commit.round() == job.progress().round()
            && commit.attempt() == job.progress().failures()
            && stage.committed().isEmpty()
            && stage.hasAccepted()
            && !job.isFull();
    boolean last = commit.slot().stage() == job.stages().size() - 1;
    return awaited
        && commit.lossBits().isPresent() == last
        && commit.validationLossBits().isPresent()
            == (last && job.rounds().validationBatches(commit.round()) > 0);
  }
}

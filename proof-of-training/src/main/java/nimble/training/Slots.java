package nimble.training;

import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.ServeCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.chain.WorkCall.RoundCommit;
import nimble.genesis.TrainingParameters;
import nimble.ledger.StateView;
import nimble.training.spec.Limits;
import nimble.types.PublicKey;

/// Which work calls the chain waits for. A call that is let through here is never refused later.
final class Slots {
  private Slots() {}

  static PublicKey signer(StateView state, WorkCall.OfJob call, TrainingParameters p)
      throws NotAwaited {
    Job job =
        Jobs.load(state, call.job())
            .orElseThrow(() -> NotAwaited.because("there is no job %s", call.job()));
    return switch (call) {
      case WorkCall.OfStage ofStage -> {
        checkPlace(job, ofStage.slot());
        check(state, job, ofStage, p);
        yield hotKey(state, job, ofStage);
      }
      case AuditCall audit -> AuditSlots.signer(state, job, audit, p);
      case ServeCall serve -> throw NotAwaited.because("%s is no word about a job", serve);
    };
  }

  static void checkPlace(Job job, StageSlot slot) throws NotAwaited {
    NotAwaited.unless(
        slot.replica() == 0 && slot.stage() < job.stages().size(),
        "job %s has stages 0 to %d, replica 0",
        job.id(),
        job.stages().size() - 1);
  }

  private static PublicKey hotKey(StateView state, Job job, WorkCall.OfStage call)
      throws NotAwaited {
    if (call instanceof CheckpointKept kept) {
      return Custody.hotKey(state, job, kept)
          .orElseThrow(() -> NotAwaited.because("%s has no hot key", kept.custodian()));
    }
    int stage = call.slot().stage();
    NotAwaited.unless(!job.isVacant(stage), "nobody holds stage %d", stage);
    return Jobs.holder(state, job, stage).hotKey();
  }

  private static void check(StateView state, Job job, WorkCall.OfStage call, TrainingParameters p)
      throws NotAwaited {
    HeldStage stage = job.stages().get(call.slot().stage());
    switch (call) {
      // J4: accept first, all open when nobody else may join.
      case JobAccept accept -> checkAccept(job, stage, accept);
      case ClassOpen open -> checkOpen(state, job, stage, open);
      case RoundCommit commit -> {
        checkRound(job, stage, commit);
        NotAwaited.unless(
            job.state() != JobState.PAUSED || !Auditors.isLacking(state, job, p),
            "the job waits for auditors");
      }
      // J13, J25.
      case CheckpointRecord checkpoint -> Custody.check(state, job, checkpoint);
      case CheckpointKept kept -> Custody.check(state, job, kept);
    }
  }

  /// J4, J29: who accepts again stands by the class that it showed.
  private static void checkAccept(Job job, HeldStage stage, JobAccept accept) throws NotAwaited {
    NotAwaited.unless(
        job.state() == JobState.MATCHED || job.state() == JobState.PAUSED,
        "%s: no miner is awaited",
        job.words());
    NotAwaited.unless(!stage.hasAccepted(), "%s has accepted", stage.miner());
    checkAttempt(job, accept.attempt());
    NotAwaited.unless(
        stage
            .numericClass()
            .map(shown -> NumericClass.commitment(shown, stage.miner()))
            .filter(commitment -> !commitment.equals(accept.classCommitment()))
            .isEmpty(),
        "%s has shown another class",
        stage.miner());
  }

  private static void checkAttempt(Job job, int attempt) throws NotAwaited {
    int present = job.progress().failures();
    NotAwaited.unless(attempt == present, "attempt %d, the job is at %d", attempt, present);
  }

  private static void checkOpen(StateView state, Job job, HeldStage stage, ClassOpen open)
      throws NotAwaited {
    NotAwaited.unless(
        job.state() == JobState.MATCHED && Jobs.isOpening(state, job.id()),
        "%s: nobody shows a class %s",
        job.words(),
        job.state() == JobState.MATCHED ? "yet" : "any more");
    NotAwaited.unless(stage.numericClass().isEmpty(), "%s has shown its class", stage.miner());
    NotAwaited.unless(
        stage
            .classCommitment()
            .equals(Optional.of(NumericClass.commitment(open.numericClass(), stage.miner()))),
        "%s committed to another class",
        stage.miner());
  }

  /// J7.
  private static void checkRound(Job job, HeldStage stage, RoundCommit commit) throws NotAwaited {
    NotAwaited.unless(
        job.state() == JobState.RUNNING || job.state() == JobState.PAUSED,
        "%s: no round is awaited",
        job.words());
    int round = job.progress().round();
    NotAwaited.unless(commit.round() == round, "the job is at round %d", round);
    checkAttempt(job, commit.attempt());
    NotAwaited.unless(stage.committed().isEmpty(), "%s has committed", stage.miner());
    NotAwaited.unless(stage.hasAccepted(), "%s has not accepted", stage.miner());
    // Its class may be void, and it has accepted again.
    NotAwaited.unless(
        stage.numericClass().isPresent(), "%s has not shown its class", stage.miner());
    NotAwaited.unless(!job.isFull(), "%d rounds wait to settle", Limits.UNSETTLED_MAX);
    boolean last = commit.slot().stage() == job.stages().size() - 1;
    boolean validates = last && job.rounds().validationBatches(round) > 0;
    NotAwaited.unless(
        commit.lossBits().isPresent() == last, "the last stage adds the loss, nobody else");
    NotAwaited.unless(
        commit.validationLossBits().isPresent() == validates,
        "the last stage adds a validation loss where a round validates, nobody else");
  }
}

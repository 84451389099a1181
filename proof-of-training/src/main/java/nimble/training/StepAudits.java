package nimble.training;

import nimble.training.spec.JobSpec;
import nimble.training.spec.StageNeed;
import nimble.types.Math128;

/// What an audit of training is about: a step of a closed round (J16 to J18).
final class StepAudits {
  private StepAudits() {}

  static ClosedStage done(Turn turn, Audit audit) {
    ClosedRound round = Jobs.unsettled(turn.state(), turn.job().id(), audit.serial()).orElseThrow();
    return round.stages().get(audit.slot().stage());
  }

  /// For one auditor of one audit: one and a half times the pay of a step.
  static long fee(Job job, ClosedStage done, int stage) {
    long stepOperations = job.stages().get(stage).terms().stepOperations();
    long stepPay = Math128.mulDiv(done.pay(), stepOperations, done.operations());
    return Math128.mulDiv(stepPay, 3, 2);
  }

  static long operations(Turn turn, Audit audit) {
    JobSpec spec = Jobs.spec(turn.state(), turn.job().id()).orElseThrow();
    int steps = turn.job().rounds().stepsOf(audit.round());
    return StageNeed.of(spec)
        .get(audit.slot().stage())
        .auditOperations(steps, audit.step() < steps);
  }

  /// The stage may have another miner by now.
  static void strike(Turn turn, Audit audit, String rule, String reason) {
    int stage = audit.slot().stage();
    if (turn.stage(stage).miner().equals(audit.miner())) {
      turn.strike(stage, rule, reason);
    } else {
      Strikes.add(turn.state(), audit.miner(), turn.context().epoch());
    }
  }

  /// J31.
  static void deviated(Turn turn, Audit audit) {
    int stage = audit.slot().stage();
    HeldStage held = turn.stage(stage);
    if (held.miner().equals(audit.miner()) && held.isOut() && turn.job().isAtWork()) {
      turn.setStage(stage, held.disclaim());
      turn.happened(new AuditEvent.ClassVoided(stage, held.miner()));
      if (!Money.of(turn).isEnough(turn)) {
        Settlement.begin(
            turn,
            JobState.FAILED,
            "the escrow does not cover another class; " + GoingBack.lastPoint(turn));
      }
    }
  }
}

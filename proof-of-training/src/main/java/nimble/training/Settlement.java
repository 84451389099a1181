package nimble.training;

import java.util.Optional;
import nimble.ledger.Escrows;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Moment;

/// From a closed round to pay, and from the last one to the end (J6, J10).
final class Settlement {
  private static final Moment NEVER_DUE = new Moment(0, 0);

  private Settlement() {}

  /// Pays the rounds whose window has closed.
  static void settle(Turn turn) {
    int before = turn.job().progress().settled();
    for (int i = 0; i < Limits.SETTLED_PER_BLOCK_MAX; i++) {
      JobProgress progress = turn.job().progress();
      if (progress.settled() == progress.closed()) {
        break;
      }
      ClosedRound round =
          Jobs.unsettled(turn.state(), turn.job().id(), progress.settled()).orElseThrow();
      if (!mayHappen(turn, round)) {
        break;
      }
      settle(turn, round);
    }
    if (turn.job().progress().settled() > before) {
      Custody.forgetOld(turn);
      Leaver.settled(turn);
    }
  }

  private static boolean mayHappen(Turn turn, ClosedRound round) {
    return round.settles().reachedAt(turn.now())
        && round.draws() == ClosedRound.DRAWS
        && Custody.allows(turn, round)
        && !Audits.isOpen(turn.state(), turn.job().id(), round.serial());
  }

  /// The round counts, but its stage gets nothing for it.
  static void unpaid(Turn turn, int serial, int stage) {
    ClosedRound round = Jobs.unsettled(turn.state(), turn.job().id(), serial).orElseThrow();
    Jobs.put(turn.state(), turn.job().id(), round.with(stage, round.stages().get(stage).unpaid()));
  }

  private static void settle(Turn turn, ClosedRound round) {
    turn.happened(new JobEvent.RoundSettled(round.round(), round.losses()));
    for (int i = 0; i < turn.job().stages().size(); i++) {
      pay(turn, i, round);
    }
    Jobs.removeRound(turn.state(), turn.job().id(), round.serial());
    turn.set(turn.job().with(turn.job().progress().settle()));
  }

  private static void pay(Turn turn, int index, ClosedRound round) {
    ClosedStage done = round.stages().get(index);
    if (!done.payable()) {
      return;
    }
    Escrows.Payment payment =
        Escrows.pay(
            turn.state(),
            turn.context(),
            turn.job().slot(index),
            done.miner(),
            done.operations(),
            done.pay());
    earned(
        turn, index, done.miner(), new Earned(1, done.operations(), payment.net(), payment.fee()));
    turn.happened(
        new JobEvent.Paid(
            index, done.miner(), round.round(), done.operations(), payment.net(), payment.fee()));
  }

  private static void earned(Turn turn, int index, Address miner, Earned more) {
    HeldStage stage = turn.stage(index);
    if (stage.miner().equals(miner)) {
      turn.setStage(index, stage.earn(more));
    } else {
      turn.set(turn.job().addFormer(more));
    }
  }

  /// No further rounds.
  static void begin(Turn turn, JobState ending, String reason) {
    turn.set(
        turn.job()
            .withStages(
                turn.job().stages().stream().map(s -> s.commit(Optional.empty())).toList()));
    Moment due = turn.parameters().idle().after(turn.now());
    turn.enter(JobState.SETTLING, due, Optional.of(ending), reason);
    turn.happened(new JobEvent.Settling(ending, turn.job().status().reason()));
  }

  /// Ends a settling job once nothing is open.
  static void finish(Turn turn) {
    boolean complete = !turn.job().completes() || Custody.isComplete(turn);
    if (!complete && turn.job().status().due().reachedAt(turn.now())) {
      strikeUnrecorded(turn);
      begin(
          turn,
          JobState.FAILED,
          "a stage's last checkpoint is missing; " + GoingBack.lastPoint(turn));
      complete = true;
    }
    JobProgress progress = turn.job().progress();
    if (complete && progress.settled() == progress.closed()) {
      JobStatus status = turn.job().status();
      end(turn, status.ending().orElseThrow(), status.reason());
    }
  }

  private static void strikeUnrecorded(Turn turn) {
    for (int i = 0; i < turn.job().stages().size(); i++) {
      if (!hasRecordedLast(turn.job(), turn.stage(i))) {
        turn.strike(i, "J10", "did not record its last checkpoint");
      }
    }
  }

  static boolean allRecorded(Job job) {
    return job.stages().stream().allMatch(stage -> hasRecordedLast(job, stage));
  }

  private static boolean hasRecordedLast(Job job, HeldStage stage) {
    return stage.checkpoint().map(newest -> job.rounds().isLast(newest.round())).orElse(false);
  }

  private static void end(Turn turn, JobState ending, String reason) {
    for (int i = 0; i < turn.job().stages().size(); i++) {
      Acceptance.release(turn, i);
    }
    Custody.end(turn);
    Leaver.settled(turn);
    Drifts.forget(turn);
    Auditors.forget(turn);
    Job job = turn.job();
    Jobs.removeActive(turn.state(), job.id());
    long refund = Escrows.refund(turn.state(), job.id(), job.order().sender());
    turn.enter(ending, NEVER_DUE, Optional.empty(), reason);
    turn.happened(new JobEvent.Ended(ending, refund));
    Jobs.put(turn.state(), job.id(), JobRecord.of(turn.state(), turn.job()));
  }
}

package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.training.spec.Limits;

/// The whole job begins anew at a resume point (J26).
final class GoingBack {
  private GoingBack() {}

  /// Whether it has rounds to do that could be done again.
  static boolean isPossible(Job job) {
    return switch (job.state()) {
      case RUNNING, PAUSED -> true;
      case MATCHED -> job.progress().started().isPresent();
      case SETTLING -> job.completes();
      case COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
    };
  }

  /// The newest point from which the state at the start of `round` can be reached.
  static Optional<ResumePoint> before(Turn turn, int round) {
    return ResumePoints.before(turn.state(), turn.job().id(), round);
  }

  /// Whether there is anything to do from `point` on: others may hold the whole model already.
  static boolean leadsOn(Turn turn, Optional<ResumePoint> point) {
    return roundAfter(point) < turn.job().rounds().count();
  }

  static int roundAfter(Optional<ResumePoint> point) {
    return point.map(ResumePoint::round).orElse(-1) + 1;
  }

  /// Closed rounds stay payable; the next attempt begins. Who waits for a stage goes on waiting.
  static void to(Turn turn, Optional<ResumePoint> point, String reason) {
    Job job = turn.job();
    int round = roundAfter(point);
    List<HeldStage> stages = new ArrayList<>();
    for (int i = 0; i < job.stages().size(); i++) {
      int index = i;
      stages.add(
          job.stages()
              .get(i)
              .backTo(
                  point.isPresent()
                      ? point.map(at -> at.stages().get(index).stateRoot())
                      : job.order().startRoot(index),
                  point.flatMap(at -> at.checkpoint(index))));
    }
    Custody.backTo(turn, round);
    turn.set(job.withStages(stages).with(job.progress().goBack(round)));
    turn.happened(new AuditEvent.WentBack(round, Text.cut(reason, JobEvent.REASON_MAX)));
    if (job.state() == JobState.RUNNING || job.state() == JobState.SETTLING) {
      RoundRules.await(turn, JobState.RUNNING);
    }
  }

  /// Ends a job that may not begin anew.
  ///
  /// @return whether it did
  static boolean endsInstead(Turn turn) {
    JobProgress progress = turn.job().progress();
    if (progress.cancelled()) {
      Settlement.begin(turn, JobState.CANCELLED, "cancelled by its sender");
    } else if (progress.failures() >= Limits.FAILURES_MAX) {
      Settlement.begin(
          turn, JobState.EXPIRED, "%d rounds were begun anew".formatted(progress.failures()));
    } else {
      return false;
    }
    return true;
  }

  /// For people: what is left of a job that ends early.
  static String lastPoint(Turn turn) {
    return before(turn, Integer.MAX_VALUE)
        .map(point -> "its last resume point is after round " + point.round())
        .orElse("it has no resume point");
  }
}

package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nimble.ledger.StateView;
import nimble.spec.Problem;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StartSpec;
import nimble.types.JobId;
import nimble.vm.Cuts;

/// From which checkpoints a job may go on (J42).
public final class Starts {
  private Starts() {}

  /// The points of a job that others may go on from, in the order of rounds.
  public static List<ResumePoint> of(StateView state, Job job) {
    int unsettled =
        Lineage.unsettled(state, job).stream()
            .mapToInt(ClosedRound::round)
            .reduce(job.progress().round(), Math::min);
    return ResumePoints.of(state, job.id()).stream()
        .filter(point -> point.round() < unsettled)
        .filter(point -> point.isReached() || (point.isRecorded() && isWhole(job)))
        .toList();
  }

  /// Where nothing is audited a job is done when its last checkpoint is recorded.
  private static boolean isWhole(Job job) {
    return job.state() == JobState.COMPLETED;
  }

  /// What a job of `spec` begins with; empty when it begins anew.
  static Optional<Start> find(StateView state, JobSpec spec) {
    return spec.start()
        .map(start -> point(state, start.job(), start.round()).map(Start::of).orElseThrow());
  }

  private static Optional<ResumePoint> point(StateView state, JobId id, int round) {
    return Jobs.load(state, id).stream()
        .flatMap(job -> of(state, job).stream())
        .filter(point -> point.round() == round)
        .findFirst();
  }

  /// Why a job of `spec` cannot go on from where it says.
  static Optional<Problem> problem(StateView state, JobSpec spec) {
    return spec.start().flatMap(start -> problem(state, spec, start));
  }

  private static Optional<Problem> problem(StateView state, JobSpec spec, StartSpec start) {
    Optional<Job> job = Jobs.load(state, start.job());
    if (job.isEmpty()) {
      return wrong("start", start, "a checkpoint of a job: there is no job " + start.job());
    }
    if (point(state, start.job(), start.round()).isEmpty()) {
      return wrong("start", start, "a settled checkpoint: " + known(state, job.get()));
    }
    int steps = job.get().rounds().endStep(start.round());
    return steps == start.steps()
        ? other(spec, Jobs.spec(state, start.job()).orElseThrow(), start.job())
        : wrong("start", start.steps() + " steps", "%d steps behind %s".formatted(steps, start));
  }

  private static String known(StateView state, Job job) {
    List<ResumePoint> points = of(state, job);
    return points.isEmpty()
        ? "job %s has none".formatted(job.id())
        : "job %s has those after rounds %s"
            .formatted(
                job.id(),
                points.stream()
                    .map(point -> Integer.toString(point.round()))
                    .collect(Collectors.joining(", ")));
  }

  /// The state is of this model, cut like this, on this base; all else may change.
  private static Optional<Problem> other(JobSpec spec, JobSpec before, JobId job) {
    String same = "as in job " + job;
    if (!spec.model().equals(before.model())) {
      return wrong("model", "another", "the same " + same);
    }
    if (!spec.base().equals(before.base())) {
      return wrong("base", "another", "the same " + same);
    }
    if (spec.stages() != before.stages()) {
      return wrong("stages.count", spec.stages(), "%d %s".formatted(before.stages(), same));
    }
    return spec.cuts().equals(before.cuts())
        ? Optional.empty()
        : wrong("stages.cuts", show(spec.cuts()), "%s %s".formatted(show(before.cuts()), same));
  }

  private static String show(Cuts cuts) {
    return cuts.firstLayers().toString();
  }

  private static Optional<Problem> wrong(String field, Object value, String allowed) {
    return Optional.of(new Problem(field, value.toString(), allowed));
  }
}

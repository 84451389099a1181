package nimble.node.sim;

import java.util.List;
import java.util.Optional;
import nimble.training.JobState;
import nimble.training.PlayedDispute;

/// How a run went that kept all rules.
///
/// @param millis of the world's time
/// @param viewsSkipped views that led to no final block
/// @param gapMillisMax the longest time without a block
/// @param heardEarly how often a node had words for an epoch that began with it
/// @param crashes that happened, cuts of the power included
/// @param trace equal for equal runs
public record Outcome(
    Scenario scenario,
    long millis,
    long events,
    long height,
    long viewsSkipped,
    long gapMillisMax,
    long heardEarly,
    int transfers,
    int crashes,
    int splits,
    int storms,
    Optional<JobState> job,
    List<PlayedDispute> disputes,
    long trace) {
  public Outcome {
    disputes = List.copyOf(disputes);
  }

  @Override
  public String toString() {
    return "height %d, %d views skipped, %d transfers final, job %s, %d disputes, %d crashes, %d splits, %d storms, %.1f s, %d events, trace %016x"
        .formatted(
            height,
            viewsSkipped,
            transfers,
            job.map(JobState::name).orElse("none"),
            disputes.size(),
            crashes,
            splits,
            storms,
            millis / 1_000.0,
            events,
            trace);
  }
}

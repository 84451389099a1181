package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.StateView;
import nimble.training.Job;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.ResumePoints;
import nimble.training.role.evidence.Plan;
import nimble.types.JobId;

/// Jobs that ended without a model not long ago: another may go on from what they left (J42, R17).
final class LeftJobs {
  /// How far back they are looked for when a node starts.
  private static final long LOOK_BACK_JOBS = 64;

  /// @param job as it stays for good
  record Left(Job job, Plan plan) {}

  private final SortedSet<JobId> open = new TreeSet<>();
  private final SortedMap<JobId, Left> left = new TreeMap<>();
  private boolean lookedBack;

  /// @param active jobs that are not at their end
  List<Left> in(StateView state, List<JobId> active) {
    if (!lookedBack) {
      lookedBack = true;
      long newest = Jobs.count(state);
      for (long id = Math.max(1, newest - LOOK_BACK_JOBS + 1); id <= newest; id++) {
        open.add(new JobId(id));
      }
    }
    SortedSet<JobId> ended = new TreeSet<>(open);
    active.forEach(id -> ended.remove(id));
    ended.forEach(id -> end(state, id));
    open.clear();
    open.addAll(active);
    long now = MoneyEpoch.of(state).started().timeMillis();
    left.values()
        .removeIf(it -> now - it.job().status().since().timeMillis() >= DutyBook.RESULTS_MILLIS);
    return new ArrayList<>(left.values());
  }

  private void end(StateView state, JobId id) {
    Jobs.load(state, id)
        .filter(job -> job.state() != JobState.COMPLETED)
        .filter(_ -> !ResumePoints.of(state, id).isEmpty())
        .ifPresent(
            job -> left.put(id, new Left(job, Plan.of(job, Jobs.spec(state, id).orElseThrow()))));
  }
}

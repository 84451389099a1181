package nimble.node.devnet;

import java.util.concurrent.atomic.AtomicReference;
import nimble.api.v1.JobView;

/// What the chain tells of a job's steps, round by round: all there is to see when its miners are
/// other processes. The clock starts when the job does. Thread-safe.
final class ChainPace implements Pace {
  private final AtomicReference<Reading> reading = new AtomicReference<>(Reading.NONE);

  @Override
  public void seen(JobView job) {
    long now = System.nanoTime();
    Reading last = reading.get();
    if (last.steps() < 0) {
      if (job.getState().equals("RUNNING")) {
        reading.set(new Reading(now, now, 0, 0, Float.NaN));
      }
    } else if (job.getStepsDone() > last.steps()) {
      reading.set(
          new Reading(
              last.firstNanos(),
              now,
              job.getStepsDone(),
              job.getStepsDone() * job.getTokensPerStep(),
              job.getLastLoss()));
    }
  }

  @Override
  public Reading reading() {
    return reading.get();
  }
}

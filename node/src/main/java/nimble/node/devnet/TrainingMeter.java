package nimble.node.devnet;

import java.util.concurrent.atomic.AtomicReference;
import nimble.api.v1.JobView;
import nimble.chain.StageSlot;
import nimble.node.work.MinerOwner;
import nimble.training.role.Progress;

/// What the last stage's miner says of its steps as they happen: the pace and the loss, ahead of
/// the chain. Thread-safe.
final class TrainingMeter implements Pace, MinerOwner.ProgressListener {
  private final AtomicReference<Reading> reading = new AtomicReference<>(Reading.NONE);

  @Override
  public void progress(StageSlot slot, Progress progress) {
    if (progress instanceof Progress.Stepped stepped && stepped.lossBits().isPresent()) {
      long now = System.nanoTime();
      float loss = Float.intBitsToFloat(stepped.lossBits().getAsInt());
      reading.updateAndGet(last ->
          last.steps() < 0
              ? new Reading(now, now, 0, 0, loss)
              : new Reading(
                  last.firstNanos(),
                  now,
                  last.steps() + 1,
                  last.tokens() + stepped.tokens(),
                  loss));
    }
  }

  /// Steps are seen here before the chain has their round.
  @Override
  public void seen(JobView job) {}

  @Override
  public Reading reading() {
    return reading.get();
  }
}

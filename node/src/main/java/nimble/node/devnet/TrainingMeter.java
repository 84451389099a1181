package nimble.node.devnet;

import java.util.concurrent.atomic.AtomicReference;
import nimble.chain.StageSlot;
import nimble.node.work.MinerOwner;
import nimble.training.role.Progress;

/// What the last stage's miner says of its steps as they happen: the pace and the loss, ahead of
/// the chain. Thread-safe.
final class TrainingMeter implements MinerOwner.ProgressListener {
  private static final double NANOS = 1e9;

  /// @param steps done since the first, which only starts the clock
  record Reading(long firstNanos, long lastNanos, int steps, long tokens, float loss) {
    static final Reading NONE = new Reading(0, 0, -1, 0, Float.NaN);

    double tokensPerSecond() {
      return lastNanos > firstNanos ? tokens / ((lastNanos - firstNanos) / NANOS) : 0;
    }
  }

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

  Reading reading() {
    return reading.get();
  }
}

package nimble.vm;

import nimble.check.Invariant;

/// Which micro-batch of a training a pass belongs to: what [Dropout] depends on beside the model.
///
/// @param seed of the training
/// @param step the optimizer's steps before it
public record Draw(long seed, long step, int microBatch) {
  /// Nothing is left out.
  public static final Draw NONE = new Draw(0, 0, -1);

  public Draw {
    Invariant.check(step >= 0 && microBatch >= -1, "micro-batch %d of step %d", microBatch, step);
  }

  /// A micro-batch of a training's step.
  public static Draw of(TrainingSpec training, long step, int microBatch) {
    return new Draw(training.seed(), step, microBatch);
  }

  boolean leavesAll() {
    return microBatch < 0;
  }
}

package nimble.training.fault;

import nimble.training.role.Outcome;
import nimble.training.role.miner.StageWork;

/// Announces a squared norm next to which all others are nothing: all stages multiply their
/// gradients with almost zero, and the job learns nothing.
final class HugeNorm extends Deviating {
  private static final double HUGE = 1e30;

  HugeNorm(StageWork honest) {
    super(honest);
  }

  @Override
  public Outcome.Summed sum() {
    honest.sum();
    return new Outcome.Summed(Double.doubleToRawLongBits(HUGE));
  }
}

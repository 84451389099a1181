package nimble.vm.training;

import java.util.List;
import nimble.vm.TrainingSpec;

/// What every stage multiplies a step's gradient with: `(float) min(1, clip / √Σ)`, Σ the stages'
/// sums of squares added in fp64 in stage order (T3). NaN, in one form, when a gradient is not
/// finite: the step changes no state (T5).
///
/// @param bits fp32
public record ClipFactor(int bits) {
  private static final ClipFactor SKIP = new ClipFactor(Float.floatToRawIntBits(Float.NaN));

  /// @param squareBits fp64 of each stage, in order
  public static ClipFactor of(TrainingSpec training, List<Long> squareBits) {
    double sum = 0;
    for (long bits : squareBits) {
      sum += Double.longBitsToDouble(bits);
    }
    // No honest sum is negative; the bits of its root are not the same on every machine.
    if (!Double.isFinite(sum) || sum < 0) {
      return SKIP;
    }
    // Without a gradient the quotient is infinite and the factor 1.
    double factor = Math.min(1, training.optimizer().clip() / StrictMath.sqrt(sum));
    return new ClipFactor(Float.floatToRawIntBits((float) factor));
  }

  public boolean skips() {
    return Float.isNaN(value());
  }

  /// Whether other stages' sums beside this stage's can give it: they only make it smaller.
  public boolean possible(TrainingSpec training, double squares) {
    ClipFactor alone = of(training, List.of(Double.doubleToRawLongBits(squares)));
    return skips() || (value() >= 0 && value() <= alone.value());
  }

  float value() {
    return Float.intBitsToFloat(bits);
  }
}

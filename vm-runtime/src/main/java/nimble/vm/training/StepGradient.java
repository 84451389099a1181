package nimble.vm.training;

import nimble.codec.Bytes;

/// A stage's gradient of one step in its committed form.
///
/// @param encoded by the job's [nimble.vm.gradient.GradientCodec]
/// @param squareBits fp64, the sum of squares of what `encoded` decodes to
public record StepGradient(Bytes encoded, long squareBits) {
  static StepGradient of(Bytes encoded, double squares) {
    return new StepGradient(encoded, Double.doubleToRawLongBits(squares));
  }
}

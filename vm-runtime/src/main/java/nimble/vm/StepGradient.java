package nimble.vm;

import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// A stage's gradient of one step in its committed form.
///
/// @param encoded by the job's [GradientCodec]
/// @param squareBits fp64, the sum of squares of what `encoded` decodes to
public record StepGradient(Bytes encoded, Hash hash, long squareBits) {
  static StepGradient of(Bytes encoded, double squares) {
    return new StepGradient(encoded, hash(encoded), Double.doubleToRawLongBits(squares));
  }

  public static Hash hash(Bytes encoded) {
    return Hashing.of("gradient", encoded);
  }
}

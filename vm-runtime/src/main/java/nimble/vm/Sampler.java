package nimble.vm;

import nimble.codec.Bytes;

/// Chooses the next token from a head's outputs: the same on every machine that has the same
/// outputs.
public final class Sampler {
  private static final double MILLI = 1e-3;
  private static final double PER_STEP = 0x1p-53;
  private static final double UNIFORM_MAX = 1 - 0x1p-53;

  private Sampler() {}

  /// The largest output, or with a temperature one drawn with probability in proportion to
  /// `exp(output / temperature)`: the largest of output / temperature plus Gumbel noise (Maddison
  /// et al., "A* Sampling", 2014). Of equals, and among outputs that are no numbers, the first.
  ///
  /// @param outputs fp32, one per token
  /// @param temperatureMilli thousandths, 0 for the largest
  /// @param index of the draw
  public static int choose(Bytes outputs, int temperatureMilli, long seed, long index) {
    float[] numbers = LittleEndian.floats(outputs);
    Philox draws = Philox.of(seed, "sample");
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int token = 0; token < numbers.length; token++) {
      double score =
          temperatureMilli == 0
              ? numbers[token]
              : numbers[token] / (temperatureMilli * MILLI) + gumbel(draws.bits(index, token));
      if (score > most) {
        most = score;
        best = token;
      }
    }
    return best;
  }

  /// `−ln(−ln u)`, u in (0, 1) from the upper 53 bits.
  private static double gumbel(long bits) {
    double uniform = ((bits >>> 11) + 0.5) * PER_STEP;
    return -StrictMath.log(-StrictMath.log(Math.min(uniform, UNIFORM_MAX)));
  }
}

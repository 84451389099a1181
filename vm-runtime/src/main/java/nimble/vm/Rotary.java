package nimble.vm;

/// Rotary positions: number d of a head's first half and number d of its second half are turned, as
/// the two parts of a plane's vector, by `place · frequency[d]`.
///
/// Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021. The halves are
/// paired as in the Llama models of Hugging Face.
///
/// @param theta frequencies are `theta^(−2d / headWidth)`
public record Rotary(float theta, Scaling scaling) {
  public static final float THETA_MAX = 1e9f;
  public static final float FACTOR_MAX = 4096;

  /// How frequencies are changed for contexts longer than the model was first trained on.
  public sealed interface Scaling {}

  public record Unscaled() implements Scaling {}

  /// All divided by the factor (Chen et al., "Extending Context Window of Large Language Models via
  /// Positional Interpolation", 2023).
  public record Linear(float factor) implements Scaling {}

  /// Of Llama 3.1: waves longer than `context / low` are divided by the factor, those shorter than
  /// `context / high` stay, and between them it goes over linearly in `context / wavelength`.
  ///
  /// @param context the one that the model was first trained on
  public record Llama3(float factor, float low, float high, int context) implements Scaling {}

  public Rotary(float theta) {
    this(theta, new Unscaled());
  }

  /// The cosines, or the sines, of `places` places in rows of `headWidth / 2`: fp32 of the fp64
  /// value at the fp32 product of place and frequency, the same on every machine.
  public float[] table(int places, int headWidth, boolean sines) {
    float[] frequencies = frequencies(headWidth);
    int half = frequencies.length;
    float[] table = new float[Math.multiplyExact(places, half)];
    for (int place = 0; place < places; place++) {
      for (int d = 0; d < half; d++) {
        table[place * half + d] = entry(place, frequencies[d], sines);
      }
    }
    return table;
  }

  /// Of [#table] the number `d` of a place.
  public float entry(int place, int d, int headWidth, boolean sine) {
    return entry(place, frequency(d, headWidth), sine);
  }

  private static float entry(int place, float frequency, boolean sine) {
    float angle = place * frequency;
    return (float) (sine ? StrictMath.sin(angle) : StrictMath.cos(angle));
  }

  float[] frequencies(int headWidth) {
    float[] frequencies = new float[headWidth / 2];
    for (int d = 0; d < frequencies.length; d++) {
      frequencies[d] = frequency(d, headWidth);
    }
    return frequencies;
  }

  private float frequency(int d, int headWidth) {
    double plain = 1 / StrictMath.pow(theta, 2.0 * d / headWidth);
    return (float) scaled((float) plain);
  }

  private double scaled(double frequency) {
    return switch (scaling) {
      case Unscaled _ -> frequency;
      case Linear(float factor) -> frequency / factor;
      case Llama3(float factor, float low, float high, int context) -> {
        double waves = context * frequency / (2 * Math.PI);
        double share = Math.clamp((waves - low) / (high - low), 0.0, 1.0);
        yield (1 - share) * frequency / factor + share * frequency;
      }
    };
  }
}

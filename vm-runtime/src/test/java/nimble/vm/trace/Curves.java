package nimble.vm.trace;

import nimble.vm.Curve;

/// Curves in fp32, each operation rounded.
final class Curves {
  private static final float SQRT_HALF = (float) 0.70710678;
  private static final float TANH_FACTOR = (float) 0.79788456;
  private static final float TANH_CUBE = 0.044715f;
  private static final float PER_SQRT_TWO_PI = (float) 0.39894228;

  private Curves() {}

  static float value(Curve curve, float x, boolean other) {
    return switch (curve) {
      case RELU -> Math.max(0, x);
      case GELU -> other ? 0.5f * x * (1 + erf(x * SQRT_HALF)) : x * below(x);
      case GELU_TANH -> 0.5f * x * (1 + tanh(x));
      case SILU ->
          other ? x * (0.5f * (1 + (float) Math.tanh(0.5f * x))) : x / (1 + (float) Math.exp(-x));
    };
  }

  static float slope(Curve curve, float x) {
    return switch (curve) {
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> below(x) + x * (PER_SQRT_TWO_PI * (float) Math.exp(-0.5f * x * x));
      case GELU_TANH -> {
        float tanh = tanh(x);
        float inner = TANH_FACTOR * (1 + 3 * TANH_CUBE * x * x);
        yield 0.5f * (1 + tanh) + 0.5f * x * (1 - tanh * tanh) * inner;
      }
      case SILU -> {
        float sigmoid = 1 / (1 + (float) Math.exp(-x));
        yield sigmoid * (1 + x * (1 - sigmoid));
      }
    };
  }

  private static float tanh(float x) {
    return (float) Math.tanh(TANH_FACTOR * (x + TANH_CUBE * x * x * x));
  }

  private static float below(float x) {
    return 0.5f * (1 + erf(x * SQRT_HALF));
  }

  /// Abramowitz and Stegun 7.1.26, as vectorised libraries have it.
  private static float erf(float x) {
    float size = Math.abs(x);
    float t = 1 / (1 + (float) 0.3275911 * size);
    float sum = (float) 1.061405429 * t - (float) 1.453152027;
    sum = sum * t + (float) 1.421413741;
    sum = sum * t - (float) 0.284496736;
    sum = sum * t + (float) 0.254829592;
    float value = 1 - sum * t * (float) Math.exp(-size * size);
    return x < 0 ? -value : value;
  }
}

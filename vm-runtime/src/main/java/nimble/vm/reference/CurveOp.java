package nimble.vm.reference;

import nimble.vm.Curve;

/// An element-wise non-linearity.
final class CurveOp implements Op {
  private static final double SQRT_HALF = StrictMath.sqrt(0.5);
  private static final double PER_SQRT_TWO_PI = 1 / StrictMath.sqrt(2 * Math.PI);
  private static final double TANH_FACTOR = StrictMath.sqrt(2 / Math.PI);
  private static final double TANH_CUBE = 0.044715;

  private final Curve curve;
  private final Tally tally;
  private final Recorder recorder;

  CurveOp(Curve curve, Tally tally, Recorder recorder) {
    this.curve = curve;
    this.tally = tally;
    this.recorder = recorder;
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) value(curve, x[i]);
    }
    tally.elements(x.length, curve.forwardOperations());
    recorder.keep(y);
    tape.push(dy -> {
      float[] dx = new float[dy.length];
      for (int i = 0; i < dx.length; i++) {
        dx[i] = (float) (dy[i] * slope(curve, x[i]));
      }
      tally.elements(dx.length, curve.backwardOperations());
      recorder.keep(dx);
      return dx;
    });
    return y;
  }

  static double value(Curve curve, double x) {
    return switch (curve) {
      case GELU -> x * normalBelow(x);
      case GELU_TANH -> 0.5 * x * (1 + StrictMath.tanh(inner(x)));
      case RELU -> Math.max(0, x);
      case SILU -> x * sigmoid(x);
    };
  }

  static double slope(Curve curve, double x) {
    return switch (curve) {
      case GELU -> normalBelow(x) + x * PER_SQRT_TWO_PI * StrictMath.exp(-0.5 * x * x);
      case GELU_TANH -> {
        double tanh = StrictMath.tanh(inner(x));
        double innerSlope = TANH_FACTOR * (1 + 3 * TANH_CUBE * x * x);
        yield 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * innerSlope;
      }
      case RELU -> x > 0 ? 1 : 0;
      case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    };
  }

  private static double inner(double x) {
    return TANH_FACTOR * (x + TANH_CUBE * x * x * x);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  /// Φ(x): the share of a standard normal below x.
  private static double normalBelow(double x) {
    return 0.5 * (1 + erf(x * SQRT_HALF));
  }

  /// `2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!` (Abramowitz and Stegun, 7.1.6): no cancellation.
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }
}

package nimble.vm.training;

import nimble.vm.Layout;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.GradientReader;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;

/// AdamW in exact arithmetic (T4): + − × ÷ √, each rounded to fp32, from left to right, without
/// fused multiply-add. Java's floating point is exactly that, so the plain loop is the
/// specification, and it is simple enough for the compiler to vectorise.
///
/// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2.
final class ExactOptimizer {
  static final float EPSILON = 1e-8f;

  private static final int BLOCK = GradientReader.PIECE;
  private static final int LANES = 8;

  private final float[] w = new float[BLOCK];
  private final float[] m = new float[BLOCK];
  private final float[] v = new float[BLOCK];
  private final float[] g = new float[BLOCK];

  /// One update of all tensors.
  ///
  /// @param correction1 (float) (1 − β₁ᵏ) at update k, the power a running product in fp64
  void update(
      Layout layout,
      Floats weights,
      Floats first,
      Floats second,
      GradientReader gradient,
      float factor,
      TrainingSpec training,
      float rate,
      float correction1,
      float correction2) {
    float decay = rate * training.optimizer().weightDecay();
    for (ParameterTensor tensor : layout.tensors()) {
      int end = tensor.offset() + tensor.count();
      for (int at = tensor.offset(); at < end; at += BLOCK) {
        int length = Math.min(BLOCK, end - at);
        weights.get(at, w, length);
        first.get(at, m, length);
        second.get(at, v, length);
        gradient.read(at, g, length);
        if (tensor.decayed()) {
          decay(length, decay);
        }
        step(
            length,
            factor,
            training.optimizer().beta1(),
            training.optimizer().beta2(),
            correction1,
            correction2,
            rate);
        weights.put(at, w, length);
        first.put(at, m, length);
        second.put(at, v, length);
      }
    }
  }

  private void decay(int length, float decay) {
    for (int i = 0; i < length; i++) {
      w[i] = w[i] - decay * w[i];
    }
  }

  private void step(int length, float factor, float b1, float b2, float c1, float c2, float rate) {
    float a1 = 1 - b1;
    float a2 = 1 - b2;
    for (int i = 0; i < length; i++) {
      float clipped = factor * g[i];
      float mean = b1 * m[i] + a1 * clipped;
      float square = b2 * v[i] + a2 * clipped * clipped;
      m[i] = mean;
      v[i] = square;
      w[i] = w[i] - rate * (mean / c1) / ((float) Math.sqrt(square / c2) + EPSILON);
    }
  }

  /// The sum of squares in fp64: in each tensor eight sums, element i to sum i mod 8, in index
  /// order; then ((s₀+s₁)+(s₂+s₃))+((s₄+s₅)+(s₆+s₇)); then the tensors in layout order (T3).
  double squares(Layout layout, GradientReader gradient) {
    double sum = 0;
    for (ParameterTensor tensor : layout.tensors()) {
      double[] lanes = new double[LANES];
      int end = tensor.offset() + tensor.count();
      for (int at = tensor.offset(); at < end; at += BLOCK) {
        int length = Math.min(BLOCK, end - at);
        gradient.read(at, g, length);
        addSquares(length, lanes);
      }
      sum +=
          ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
              + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
    return sum;
  }

  /// Sums in variables of their own stay in registers.
  private void addSquares(int length, double[] lanes) {
    double s0 = lanes[0];
    double s1 = lanes[1];
    double s2 = lanes[2];
    double s3 = lanes[3];
    double s4 = lanes[4];
    double s5 = lanes[5];
    double s6 = lanes[6];
    double s7 = lanes[7];
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      s0 += square(g[i]);
      s1 += square(g[i + 1]);
      s2 += square(g[i + 2]);
      s3 += square(g[i + 3]);
      s4 += square(g[i + 4]);
      s5 += square(g[i + 5]);
      s6 += square(g[i + 6]);
      s7 += square(g[i + 7]);
    }
    lanes[0] = s0;
    lanes[1] = s1;
    lanes[2] = s2;
    lanes[3] = s3;
    lanes[4] = s4;
    lanes[5] = s5;
    lanes[6] = s6;
    lanes[7] = s7;
    for (int lane = 0; i < length; i++, lane++) {
      lanes[lane] += square(g[i]);
    }
  }

  private static double square(double value) {
    return value * value;
  }
}

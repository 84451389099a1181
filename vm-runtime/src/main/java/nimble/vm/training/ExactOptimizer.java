package nimble.vm.training;

import nimble.vm.Layout;
import nimble.vm.TrainingSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;

/// AdamW in exact arithmetic (T4): + − × ÷ √, each rounded to fp32, from left to right, without
/// fused multiply-add. Java's floating point is exactly that, so the plain loop is the
/// specification, and it is simple enough for the compiler to vectorise.
///
/// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2.
final class ExactOptimizer {
  static final float EPSILON = 1e-8f;

  private static final int BLOCK = 2048;
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
      Floats gradient,
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
        gradient.get(at, g, length);
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
  double squares(Layout layout, Floats gradient) {
    double sum = 0;
    for (ParameterTensor tensor : layout.tensors()) {
      double[] lanes = new double[LANES];
      int end = tensor.offset() + tensor.count();
      for (int at = tensor.offset(); at < end; at += BLOCK) {
        int length = Math.min(BLOCK, end - at);
        gradient.get(at, g, length);
        addSquares(length, lanes);
      }
      sum +=
          ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
              + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
    return sum;
  }

  private void addSquares(int length, double[] lanes) {
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        double value = g[i + lane];
        lanes[lane] += value * value;
      }
    }
    for (int lane = 0; i < length; i++, lane++) {
      double value = g[i];
      lanes[lane] += value * value;
    }
  }
}

package nimble.vm.reference;

import java.util.Arrays;
import java.util.Optional;
import nimble.vm.Layer;
import nimble.vm.Operations;
import nimble.vm.Precision;

/// `y = x · Wᵀ + b`. Inner loops run along memory so that the compiler can vectorise them; each sum
/// still adds in index order (R1).
final class LinearOp implements Op {
  private final int in;
  private final int out;
  private final Weight weight;
  private final Optional<Weight> bias;
  private final Tally tally;
  private final Recorder recorder;
  private final boolean narrow;
  private final Precision precision;

  LinearOp(Layer.Linear linear, Binding binding) {
    in = linear.in();
    out = linear.out();
    weight = binding.next();
    bias = linear.bias() ? Optional.of(binding.next()) : Optional.empty();
    tally = binding.tally();
    recorder = binding.recorder();
    narrow = binding.sums() == Sums.NARROW;
    precision = binding.precision();
  }

  @Override
  public float[] forward(float[] given, Frame frame, Pulls tape) {
    float[] x = rounded(given);
    int positions = given.length / in;
    float[] w = rounded(weight.values());
    float[] columns = transposed(w);
    float[] shift = rounded(bias.map(Weight::values).orElseGet(() -> new float[out]));
    float[] y = new float[positions * out];
    double[] sums = new double[out];
    for (int n = 0; n < positions; n++) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < in; i++) {
        addScaled(sums, x[n * in + i], columns, i * out);
      }
      addScaled(sums, 1, shift, 0);
      store(sums, y, n * out);
    }
    tally.multiplied(positions, in, out);
    tally.elements(weight.decoded(), Operations.DECODE);
    bias.ifPresent(_ -> tally.elements((long) positions * out, 1));
    recorder.keep(y);
    tape.push(dy -> pull(x, w, dy, positions));
    return y;
  }

  private float[] pull(float[] x, float[] w, float[] given, int positions) {
    float[] dy = rounded(given);
    float[] dx = new float[positions * in];
    double[] sums = new double[in];
    for (int n = 0; n < positions; n++) {
      Arrays.fill(sums, 0);
      for (int o = 0; o < out; o++) {
        addScaled(sums, dy[n * out + o], w, o * in);
      }
      store(sums, dx, n * in);
    }
    tally.multiplied(positions, in, out);
    if (weight.trained()) {
      weight.add(weightGradient(x, dy, positions));
      bias.ifPresent(b -> b.add(biasGradient(dy, positions)));
    }
    recorder.keep(dx);
    return dx;
  }

  private double[] weightGradient(float[] x, float[] dy, int positions) {
    double[] gradient = new double[out * in];
    double[] sums = new double[in];
    for (int o = 0; o < out; o++) {
      Arrays.fill(sums, 0);
      for (int n = 0; n < positions; n++) {
        addScaled(sums, dy[n * out + o], x, n * in);
      }
      System.arraycopy(sums, 0, gradient, o * in, in);
    }
    tally.multiplied(positions, in, out);
    round(gradient);
    return gradient;
  }

  private double[] biasGradient(float[] dy, int positions) {
    double[] gradient = new double[out];
    for (int n = 0; n < positions; n++) {
      addScaled(gradient, 1, dy, n * out);
    }
    tally.elements((long) positions * out, 1);
    round(gradient);
    return gradient;
  }

  /// To the precision of operands.
  private float[] rounded(float[] numbers) {
    if (precision == Precision.FP32) {
      return numbers;
    }
    float[] rounded = new float[numbers.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = precision.rounded(numbers[i]);
    }
    return rounded;
  }

  /// To the precision of results.
  private void round(double[] sums) {
    for (int i = 0; precision == Precision.BF16 && i < sums.length; i++) {
      sums[i] = precision.rounded((float) sums[i]);
    }
  }

  private float[] transposed(float[] w) {
    float[] columns = new float[w.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        columns[i * out + o] = w[o * in + i];
      }
    }
    return columns;
  }

  private void addScaled(double[] sums, double factor, float[] values, int at) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += factor * values[at + i];
    }
    for (int i = 0; narrow && i < sums.length; i++) {
      sums[i] = (float) sums[i];
    }
  }

  private void store(double[] sums, float[] target, int at) {
    round(sums);
    for (int i = 0; i < sums.length; i++) {
      target[at + i] = (float) sums[i];
    }
  }
}

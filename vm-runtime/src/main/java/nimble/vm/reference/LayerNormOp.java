package nimble.vm.reference;

import java.util.Optional;
import nimble.vm.Layer;
import nimble.vm.Operations;

/// `y = (x − mean) / √(variance + ε) · scale + shift` over the last axis.
final class LayerNormOp implements Op {
  private static final double EPSILON = 1e-5;

  private final int width;
  private final Weight scale;
  private final Optional<Weight> shift;
  private final Tally tally;
  private final Recorder recorder;

  LayerNormOp(Layer.LayerNorm norm, Binding binding) {
    width = norm.width();
    scale = binding.next();
    shift = norm.bias() ? Optional.of(binding.next()) : Optional.empty();
    tally = binding.tally();
    recorder = binding.recorder();
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    int positions = frame.positions();
    float[] factor = scale.values();
    float[] added = shift.map(Weight::values).orElseGet(() -> new float[width]);
    double[] normed = new double[x.length];
    double[] means = new double[positions];
    double[] inverse = new double[positions];
    float[] y = new float[x.length];
    for (int n = 0; n < positions; n++) {
      int at = n * width;
      double mean = 0;
      for (int i = 0; i < width; i++) {
        mean += x[at + i];
      }
      mean /= width;
      means[n] = mean;
      double variance = 0;
      for (int i = 0; i < width; i++) {
        variance += (x[at + i] - mean) * (x[at + i] - mean);
      }
      inverse[n] = 1 / StrictMath.sqrt(variance / width + EPSILON);
      for (int i = 0; i < width; i++) {
        normed[at + i] = (x[at + i] - mean) * inverse[n];
        y[at + i] = (float) (normed[at + i] * factor[i] + added[i]);
      }
    }
    recorder.keep(means);
    recorder.keep(inverse);
    recorder.keep(y);
    tally.elements(x.length, Operations.NORM_FORWARD);
    tape.push(dy -> pull(normed, inverse, factor, dy));
    return y;
  }

  private float[] pull(double[] normed, double[] inverse, float[] factor, float[] dy) {
    float[] dx = new float[dy.length];
    double[] scaleGradient = new double[width];
    double[] shiftGradient = new double[width];
    for (int n = 0; n < inverse.length; n++) {
      int at = n * width;
      double mean = 0;
      double product = 0;
      for (int i = 0; i < width; i++) {
        double scaled = (double) dy[at + i] * factor[i];
        mean += scaled;
        product += scaled * normed[at + i];
        scaleGradient[i] += dy[at + i] * normed[at + i];
        shiftGradient[i] += dy[at + i];
      }
      mean /= width;
      product /= width;
      for (int i = 0; i < width; i++) {
        double scaled = (double) dy[at + i] * factor[i];
        dx[at + i] = (float) (inverse[n] * (scaled - mean - normed[at + i] * product));
      }
    }
    scale.add(scaleGradient);
    shift.ifPresent(weight -> weight.add(shiftGradient));
    recorder.keep(dx);
    tally.elements(dy.length, Operations.NORM_BACKWARD);
    return dx;
  }
}

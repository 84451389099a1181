package nimble.vm.reference;

import nimble.vm.Layer;
import nimble.vm.Operations;

/// `y = x / √(mean(x²) + ε) · scale` over the last axis.
final class RmsNormOp implements Op {
  private final int width;
  private final double epsilon;
  private final Weight scale;
  private final Tally tally;
  private final Recorder recorder;

  RmsNormOp(Layer.RmsNorm norm, Binding binding) {
    width = norm.width();
    epsilon = norm.epsilon();
    scale = binding.next();
    tally = binding.tally();
    recorder = binding.recorder();
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    float[] factor = scale.values();
    double[] inverse = new double[frame.positions()];
    float[] y = new float[x.length];
    for (int n = 0; n < inverse.length; n++) {
      int at = n * width;
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += (double) x[at + i] * x[at + i];
      }
      inverse[n] = 1 / StrictMath.sqrt(squares / width + epsilon);
      for (int i = 0; i < width; i++) {
        y[at + i] = (float) (x[at + i] * inverse[n] * factor[i]);
      }
    }
    recorder.keep(inverse);
    recorder.keep(y);
    tally.elements(x.length, Operations.RMS_NORM_FORWARD);
    tape.push(dy -> pull(x, inverse, factor, dy));
    return y;
  }

  private float[] pull(float[] x, double[] inverse, float[] factor, float[] dy) {
    float[] dx = new float[dy.length];
    double[] scaleGradient = new double[width];
    for (int n = 0; n < inverse.length; n++) {
      int at = n * width;
      double product = 0;
      for (int i = 0; i < width; i++) {
        double normed = x[at + i] * inverse[n];
        product += (double) dy[at + i] * factor[i] * normed;
        scaleGradient[i] += dy[at + i] * normed;
      }
      product /= width;
      for (int i = 0; i < width; i++) {
        double scaled = (double) dy[at + i] * factor[i];
        dx[at + i] = (float) (inverse[n] * (scaled - x[at + i] * inverse[n] * product));
      }
    }
    scale.add(scaleGradient);
    recorder.keep(dx);
    tally.elements(dy.length, Operations.RMS_NORM_BACKWARD);
    return dx;
  }
}

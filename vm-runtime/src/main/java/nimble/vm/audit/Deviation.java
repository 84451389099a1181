package nimble.vm.audit;

import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;

/// How far a tensor is from the intervals in which it should lie, in fp64. Not finite on one side
/// only is infinitely far.
final class Deviation {
  private static final int BLOCK = 2048;

  private double errors;
  private double squares;

  static Deviation of(ParameterTensor tensor, Floats ours, Floats low, Floats high) {
    Deviation deviation = new Deviation();
    float[] values = new float[BLOCK];
    float[] lows = new float[BLOCK];
    float[] highs = new float[BLOCK];
    int end = tensor.offset() + tensor.count();
    for (int at = tensor.offset(); at < end; at += BLOCK) {
      int length = Math.min(BLOCK, end - at);
      ours.get(at, values, length);
      low.get(at, lows, length);
      high.get(at, highs, length);
      deviation.add(values, lows, highs, length);
    }
    return deviation;
  }

  void add(float[] ours, float[] low, float[] high, int length) {
    for (int i = 0; i < length; i++) {
      add(ours[i], low[i], high[i]);
    }
  }

  private void add(float ours, float low, float high) {
    double distance = distance(ours, low, high);
    errors += distance * distance;
    if (Float.isFinite(ours)) {
      squares += (double) ours * ours;
    }
  }

  /// Of our own tensor.
  double squares() {
    return squares;
  }

  /// The norm of the errors by that of our tensor.
  ///
  /// @param least what our norm counts as, at least
  double relative(double least) {
    return errors == 0 ? 0 : Math.sqrt(errors) / Math.max(Math.sqrt(squares), least);
  }

  private static double distance(float ours, float low, float high) {
    if ((low <= ours && ours <= high) || (Float.isNaN(ours) && Float.isNaN(low))) {
      return 0;
    }
    double distance = ours < low ? (double) low - ours : (double) ours - high;
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }
}

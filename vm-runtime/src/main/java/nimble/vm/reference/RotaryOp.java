package nimble.vm.reference;

import nimble.vm.Operations;
import nimble.vm.Rotary;

/// Turns each head's vector by its place: the number d of its first half and the number d of its
/// second half as a plane's vector.
final class RotaryOp implements Op {
  private final int width;
  private final int half;
  private final float[] cosines;
  private final float[] sines;
  private final Tally tally;
  private final Recorder recorder;

  /// @param width of all heads of one position
  RotaryOp(Rotary rotary, int context, int width, int headWidth, Tally tally, Recorder recorder) {
    this.width = width;
    half = headWidth / 2;
    cosines = rotary.table(context, headWidth, false);
    sines = rotary.table(context, headWidth, true);
    this.tally = tally;
    this.recorder = recorder;
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    tape.push(dy -> turned(dy, frame, -1));
    return turned(x, frame, 1);
  }

  private float[] turned(float[] x, Frame frame, int direction) {
    float[] y = new float[x.length];
    for (int n = 0; n < frame.positions(); n++) {
      int place = frame.past + n % frame.length;
      for (int head = n * width; head < (n + 1) * width; head += 2 * half) {
        for (int d = 0; d < half; d++) {
          double cosine = cosines[place * half + d];
          double sine = direction * sines[place * half + d];
          double a = x[head + d];
          double b = x[head + half + d];
          y[head + d] = (float) (a * cosine - b * sine);
          y[head + half + d] = (float) (b * cosine + a * sine);
        }
      }
    }
    tally.elements(x.length, Operations.ROTARY);
    recorder.keep(y);
    return y;
  }
}

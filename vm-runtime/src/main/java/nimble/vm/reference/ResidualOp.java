package nimble.vm.reference;

/// `x + body(x)`.
final class ResidualOp implements Op {
  private final Op body;
  private final Tally tally;
  private final Recorder recorder;

  ResidualOp(Op body, Tally tally, Recorder recorder) {
    this.body = body;
    this.tally = tally;
    this.recorder = recorder;
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    Pulls inner = new Pulls();
    float[] y = sum(x, body.forward(x, frame, inner));
    tape.push(dy -> sum(dy, inner.pull(dy)));
    return y;
  }

  private float[] sum(float[] a, float[] b) {
    float[] sum = new float[a.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = a[i] + b[i];
    }
    tally.elements(sum.length, 1);
    recorder.keep(sum);
    return sum;
  }
}

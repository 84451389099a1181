package nimble.vm.reference;

/// `base(x) + up(scale · down(dropped(x)))`.
final class LoraOp implements Op {
  private final Op base;
  private final Op dropped;
  private final Op down;
  private final float scale;
  private final Op up;
  private final Tally tally;
  private final Recorder recorder;

  LoraOp(Op base, Op dropped, Op down, float scale, Op up, Tally tally, Recorder recorder) {
    this.base = base;
    this.dropped = dropped;
    this.down = down;
    this.scale = scale;
    this.up = up;
    this.tally = tally;
    this.recorder = recorder;
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    Pulls baseWay = new Pulls();
    Pulls way = new Pulls();
    float[] y = base.forward(x, frame, baseWay);
    float[] low = down.forward(dropped.forward(x, frame, way), frame, way);
    way.push(this::scaled);
    float[] more = up.forward(scaled(low), frame, way);
    tape.push(dy -> sum(way.pull(dy), baseWay.pull(dy)));
    return sum(y, more);
  }

  private float[] scaled(float[] numbers) {
    float[] scaled = new float[numbers.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = scale * numbers[i];
    }
    tally.elements(scaled.length, 1);
    recorder.keep(scaled);
    return scaled;
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

package nimble.vm.reference;

import nimble.vm.Layer;

/// `curve(gate(x)) · up(x)`.
final class GatedOp implements Op {
  private final Op gate;
  private final Op up;
  private final Tally tally;
  private final Recorder recorder;

  GatedOp(Layer.GatedFeedForward gated, Binding binding) {
    tally = binding.tally();
    recorder = binding.recorder();
    Op linear = binding.bind(gated.up());
    Op curve = new CurveOp(gated.curve(), tally, recorder);
    gate = (x, frame, tape) -> curve.forward(linear.forward(x, frame, tape), frame, tape);
    up = binding.bind(gated.up());
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    Pulls gateWay = new Pulls();
    Pulls upWay = new Pulls();
    float[] a = gate.forward(x, frame, gateWay);
    float[] b = up.forward(x, frame, upWay);
    tape.push(dy -> {
      float[] da = product(dy, b);
      float[] db = product(dy, a);
      float[] ofUp = upWay.pull(db);
      return sum(ofUp, gateWay.pull(da));
    });
    return product(a, b);
  }

  private float[] product(float[] a, float[] b) {
    float[] y = new float[a.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = a[i] * b[i];
    }
    tally.elements(y.length, 1);
    recorder.keep(y);
    return y;
  }

  private float[] sum(float[] a, float[] b) {
    float[] y = new float[a.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = a[i] + b[i];
    }
    tally.elements(y.length, 1);
    recorder.keep(y);
    return y;
  }
}

package nimble.vm.reference;

import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.Dropout;
import nimble.vm.Layout;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceProgram;

/// The same ops, with a recorder.
final class ReferenceTrace implements TraceProgram {
  private final TraceForm form;
  private final Floats gradient;
  private final Recorder recorder = new Recorder(true);
  private final Tally tally = new Tally();
  private final Op op;

  ReferenceTrace(TraceForm form, Floats weights, StageBase base, Sums sums) {
    this.form = form;
    gradient = Floats.zeros(Layout.of(form.spec()).count());
    op =
        new Binding(form.spec(), weights, gradient, base, tally, recorder, sums)
            .bind(form.spec().layers());
  }

  @Override
  public List<Bytes> run(Bytes input, Bytes other, Draw draw) {
    StageSpec spec = form.spec();
    boolean tokens = spec.takesTokens();
    int[] ids = tokens ? LittleEndian.ints(input) : new int[0];
    float[] x = tokens ? new float[0] : LittleEndian.floats(input);
    Pulls pulls = new Pulls();
    List<float[]> factors = form.trains() ? Dropout.of(spec).factors(draw) : List.of();
    Frame frame = new Frame(spec.rows(), spec.model().context(), 0, ids, List.of(), factors);
    float[] y = op.forward(x, frame, pulls);
    if (spec.last()) {
      HeadLoss loss = HeadLoss.of(spec.model().head(), y, other, form.scale(), tally, recorder);
      if (form.trains()) {
        pulls.pull(loss.gradient(tally, recorder));
      }
    } else if (form.trains()) {
      pulls.pull(LittleEndian.floats(other));
    }
    gradient.clear();
    return recorder.take();
  }

  @Override
  public void close() {
    gradient.close();
  }
}

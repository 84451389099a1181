package nimble.vm.reference;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.Draw;
import nimble.vm.Dropout;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.Operations;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

/// A stage as a chain of ops.
final class ReferenceProgram implements StageProgram {
  private static final Recorder QUIET = new Recorder(false);

  private final StageSpec spec;
  private final Floats gradient;
  private final Tally tally = new Tally();
  private final List<Integer> attentionWidths;
  private final Op op;
  private final Dropout dropout;

  ReferenceProgram(StageSpec spec, Floats weights, StageBase base, Sums sums) {
    this.spec = spec;
    gradient = Floats.zeros(Layout.of(spec).count());
    Binding binding = new Binding(spec, weights, gradient, base, tally, QUIET, sums);
    op = binding.bind(spec.layers());
    dropout = Dropout.of(spec);
    attentionWidths = binding.attentionWidths();
  }

  @Override
  public StageSpec spec() {
    return spec;
  }

  @Override
  public Bytes infer(Bytes input) {
    return LittleEndian.ofFloats(run(input, new Pulls(), List.of()));
  }

  @Override
  public Tape forward(Bytes input, Draw draw) {
    Pulls pulls = new Pulls();
    return new ReferenceTape(LittleEndian.ofFloats(run(input, pulls, factors(draw))), pulls);
  }

  @Override
  public Bytes backward(Tape tape, Bytes outputGradient) {
    Pulls pulls = ((ReferenceTape) tape).pulls();
    return LittleEndian.ofFloats(pulls.pull(LittleEndian.floats(outputGradient)));
  }

  @Override
  public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
    Pulls pulls = new Pulls();
    HeadLoss loss = loss(run(input, pulls, factors(draw)), labels, scale);
    float[] inputGradient = pulls.pull(loss.gradient(tally, QUIET));
    return new LossGradient(
        Float.floatToRawIntBits(loss.loss()), LittleEndian.ofFloats(inputGradient));
  }

  @Override
  public int loss(Bytes input, Bytes labels) {
    return Float.floatToRawIntBits(loss(run(input, new Pulls(), List.of()), labels, 1).loss());
  }

  @Override
  public Floats gradient() {
    return gradient;
  }

  @Override
  public DecodeSession decode() {
    int context = spec.model().context();
    List<Frame.Memory> memories = new ArrayList<>();
    for (int width : attentionWidths) {
      memories.add(new Frame.Memory(context, width));
    }
    return new ReferenceDecode(spec, op, memories);
  }

  @Override
  public void close() {
    gradient.close();
  }

  /// Operations since the last call, counted as they ran.
  long operations() {
    return tally.take();
  }

  private HeadLoss loss(float[] outputs, Bytes labels, float scale) {
    Invariant.check(labels.size() == spec.labelBytes(), "%d bytes of labels", labels.size());
    Layer.Head head = spec.model().head();
    return HeadLoss.of(head, outputs, labels, scale, tally, QUIET);
  }

  /// For each site of dropout.
  private List<float[]> factors(Draw draw) {
    List<float[]> factors = dropout.factors(draw);
    factors.forEach(drawn -> tally.elements(drawn.length, Operations.DROPOUT));
    return factors;
  }

  private float[] run(Bytes input, Pulls pulls, List<float[]> factors) {
    Invariant.check(input.size() == spec.inputBytes(), "%d bytes of input", input.size());
    boolean tokens = spec.takesTokens();
    int[] ids = tokens ? LittleEndian.ints(input) : new int[0];
    float[] x = tokens ? new float[0] : LittleEndian.floats(input);
    Frame frame = new Frame(spec.rows(), spec.model().context(), 0, ids, List.of(), factors);
    return op.forward(x, frame, pulls);
  }

  private record ReferenceTape(Bytes output, Pulls pulls) implements Tape {
    @Override
    public void close() {}
  }
}

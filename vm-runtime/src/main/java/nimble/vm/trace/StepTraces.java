package nimble.vm.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.Draw;
import nimble.vm.Layout;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Evidence;
import nimble.vm.tensor.Floats;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StageState;

/// The audited step of a round, from its evidence: the exact parts of each micro-batch, and its
/// traces. What the miner committed to that has the wrong size counts as zeros: nothing comes out
/// like that.
public final class StepTraces implements AutoCloseable {
  private final TraceForm form;
  private final TrainingSpec training;
  private final Evidence evidence;
  private final StageState state;
  private final Bytes gradient;
  private final StageBase base;
  private final List<Hash> weightRoots;

  /// @throws Malformed when the start's chunks are not those of its manifest
  public StepTraces(TraceForm form, TrainingSpec training, Evidence evidence) throws Malformed {
    this(form, training, evidence, StageBase.NONE);
  }

  /// @param base of the stage; stays the caller's and outlives this
  /// @throws Malformed when the start's chunks are not those of its manifest
  public StepTraces(TraceForm form, TrainingSpec training, Evidence evidence, StageBase base)
      throws Malformed {
    this.form = form;
    this.training = training;
    this.evidence = evidence;
    this.base = base;
    state = start(form.spec(), training, evidence, base);
    gradient =
        evidence.trains() ? decoded(training, evidence, state.layout().count()) : Bytes.EMPTY;
    weightRoots = allWeights().stream().map(words -> TensorTree.of(words).root()).toList();
  }

  private static StageState start(
      StageSpec spec, TrainingSpec training, Evidence evidence, StageBase base) throws Malformed {
    StageState state =
        switch (evidence.start()) {
          case Evidence.Start.Initial() -> StageState.initial(spec, training.seed(), base);
          case Evidence.Start.Kept(var manifest, var chunks) -> {
            if (manifest.parameters() != Layout.of(spec).count()
                || chunks.size() != manifest.chunks().size()) {
              throw new Malformed("%d parameters".formatted(manifest.parameters()));
            }
            yield StageState.restore(spec, manifest, chunks::get);
          }
          case Evidence.Start.Standing _ ->
              throw new Malformed("a dispute begins from the start state itself");
        };
    int steps = Math.min(evidence.audited(), evidence.steps().size());
    for (Evidence.Step step : evidence.steps().subList(0, steps)) {
      try {
        state.apply(training, step.gradient(), new ClipFactor(step.factorBits()));
      } catch (Malformed e) {
        state.skip();
      }
    }
    return state;
  }

  private static Bytes decoded(TrainingSpec training, Evidence evidence, int count) {
    try (Floats numbers = Floats.zeros(count)) {
      Bytes encoded = evidence.steps().get(evidence.audited()).gradient();
      training.gradientCodec().decode(encoded, numbers);
      return numbers.bytes(0, count);
    } catch (Malformed e) {
      return Bytes.wrap(new byte[count * Float.BYTES]);
    }
  }

  public Floats weights() {
    return state.weights();
  }

  private List<Bytes> allWeights() {
    return Trace.weights(form.spec(), state.weights(), base);
  }

  /// Roots of what the micro-batch's trace is given.
  public List<Hash> given(int microBatch) {
    List<Hash> roots = new ArrayList<>(weightRoots);
    roots.add(TensorTree.of(input(microBatch)).root());
    if (form.other() != Rule.NONE) {
      roots.add(TensorTree.of(other(microBatch)).root());
    }
    return roots;
  }

  /// What was committed to; a loss as one number.
  public Bytes output(int microBatch) {
    Bytes output = evidence.microBatches().get(microBatch).output();
    Bytes words = form.spec().last() ? reversed(output) : output;
    return fitting(words, form.tensor(form.output()).count());
  }

  /// What was committed to; empty where there is none.
  public Bytes inputGradient(int microBatch) {
    return form.spec().first() || form.inputGradient() == Rule.NONE
        ? Bytes.EMPTY
        : fitting(
            evidence.microBatches().get(microBatch).inputGradient(),
            form.tensor(form.inputGradient()).count());
  }

  /// What was committed to, as the codec gives it back; empty in validation.
  public Bytes gradient() {
    return gradient;
  }

  /// @param program of this form and these weights
  public Trace trace(TraceProgram program, int microBatch) {
    Bytes input = input(microBatch);
    Bytes other = other(microBatch);
    Draw draw = Draw.of(training, evidence.firstStep() + evidence.audited(), microBatch);
    return Trace.of(form.of(draw), allWeights(), input, other, program.run(input, other, draw));
  }

  @Override
  public void close() {
    state.close();
  }

  private Bytes input(int microBatch) {
    return fitting(
        evidence.microBatches().get(microBatch).input(), form.tensor(form.input()).count());
  }

  private Bytes other(int microBatch) {
    if (form.other() == Rule.NONE) {
      return Bytes.EMPTY;
    }
    Evidence.MicroBatch given = evidence.microBatches().get(microBatch);
    return fitting(
        form.spec().last() ? given.labels() : given.outputGradient(),
        form.tensor(form.other()).count());
  }

  private static Bytes fitting(Bytes words, int count) {
    int size = count * Float.BYTES;
    return words.size() == size ? words : Bytes.wrap(new byte[size]);
  }

  /// The wire's big-endian number.
  private static Bytes reversed(Bytes loss) {
    if (loss.size() != Float.BYTES) {
      return loss;
    }
    ByteBuffer word = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return Bytes.wrap(word.putInt(loss.asBuffer().getInt()).array());
  }
}

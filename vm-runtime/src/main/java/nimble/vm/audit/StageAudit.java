package nimble.vm.audit;

import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Draw;
import nimble.vm.Machine;
import nimble.vm.Philox;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.Fp32;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StageState;
import nimble.vm.training.StateManifest;

/// A bench on which steps of one stage are done again (V1–V6): its memory and its program are made
/// once. One thread at a time.
public final class StageAudit implements AutoCloseable {
  private static final double GRADIENT_DEVIATION = 1e-3;

  /// What is to be thought of the round.
  public enum Finding {
    /// To the bit; for an auditor of another class, within the tolerance.
    EQUAL,
    /// Some bits differ, no tensor by more than the tolerance.
    DEVIATES,
    /// More than that, or something differs that is exact on every machine.
    FALSE
  }

  /// @param answer SHA-256 of the step's gradient in fp32 as this machine has it (V4)
  /// @param reason what is furthest off; empty when nothing is
  /// @param errors the largest relative ones; what is exact is not among them
  public record Result(Finding finding, Hash answer, String reason, Errors errors) {}

  private final StageSpec spec;
  private final TrainingSpec training;
  private final Tolerance tolerance;
  private final StageBase base;
  private final StageState state;
  private final StageProgram program;

  public StageAudit(Machine machine, StageSpec spec, TrainingSpec training, Tolerance tolerance) {
    this(machine, spec, training, tolerance, StageBase.NONE);
  }

  /// @param base stays the caller's
  public StageAudit(
      Machine machine, StageSpec spec, TrainingSpec training, Tolerance tolerance, StageBase base) {
    this.spec = spec;
    this.training = training;
    this.tolerance = tolerance;
    state = StageState.empty(spec);
    this.base = base;
    program = machine.load(spec, state.weights(), base);
  }

  /// @param sameClass whether this machine and the stage's gave the same probe
  /// @throws Malformed when the start's chunks are not those of its manifest, or the bench stands
  ///   elsewhere: fetch the start again
  public Result audit(Evidence evidence, boolean sameClass) throws Malformed {
    Comparison comparison = new Comparison();
    if (evidence.start() instanceof Evidence.Start.Kept(StateManifest manifest, var _)
        && manifest.parameters() != state.layout().count()) {
      comparison.exact(false, "the number of parameters");
      return comparison.result(Hash.ZERO, tolerance, sameClass);
    }
    fill(evidence.start());
    comparison.exact(state.step() == evidence.firstStep(), "the start state's count of steps");
    program.gradient().clear();
    for (int i = 0; i < evidence.steps().size(); i++) {
      if (i == evidence.audited()) {
        train(evidence, comparison);
      }
      roll(i, evidence.steps().get(i), comparison);
    }
    if (!evidence.trains()) {
      validate(evidence, comparison);
    }
    comparison.exact(state.root().equals(evidence.endRoot()), "the end state");
    return comparison.result(answer(), tolerance, sameClass);
  }

  /// What the last audit answered for, in a form that can be compared across classes (V7).
  public Projection projection(Hash seed) {
    return Projection.of(program.gradient(), seed);
  }

  /// In which direction the audited step's committed gradient is off this machine's (V9); of the
  /// evidence of the last audit.
  public Optional<Bytes> drift(Evidence evidence, Hash key) {
    return evidence.trains() && !(training.gradientCodec() instanceof Fp32)
        ? Drift.direction(
            training.gradientCodec(),
            program.gradient(),
            evidence.steps().get(evidence.audited()).gradient(),
            key)
        : Optional.empty();
  }

  @Override
  public void close() {
    program.close();
    state.close();
  }

  private void fill(Evidence.Start start) throws Malformed {
    switch (start) {
      case Evidence.Start.Initial() -> state.reset(training.seed(), base);
      case Evidence.Start.Standing(Hash root) -> {
        if (!state.root().equals(root)) {
          throw new Malformed("the bench does not stand at that state");
        }
      }
      case Evidence.Start.Kept(StateManifest manifest, List<Bytes> chunks) -> {
        if (chunks.size() != manifest.chunks().size()) {
          throw new Malformed("%d chunks of %d".formatted(chunks.size(), manifest.chunks().size()));
        }
        state.refill(manifest, chunks::get);
      }
    }
  }

  // V2: what is exact. A gradient that cannot be read counts as one that is not finite.
  private void roll(int index, Evidence.Step step, Comparison comparison) {
    ClipFactor factor = new ClipFactor(step.factorBits());
    try {
      double squares = state.squares(training, step.gradient());
      double claimed = Double.longBitsToDouble(step.squareBits());
      boolean same =
          Double.doubleToRawLongBits(squares) == step.squareBits()
              || (Double.isNaN(squares) && Double.isNaN(claimed));
      comparison.exact(same, "the sum of squares of step " + index);
      comparison.exact(factor.possible(training, squares), "the clip factor of step " + index);
      state.apply(training, step.gradient(), factor);
    } catch (Malformed e) {
      comparison.exact(false, "step %d: %s".formatted(index, e.getMessage()));
      state.skip();
    }
  }

  // V3: the map from state and data to ĝ.
  private void train(Evidence evidence, Comparison comparison) {
    for (int i = 0; i < training.microBatches(); i++) {
      Evidence.MicroBatch given = microBatch(evidence, i);
      boolean fits =
          fits(given) && (spec.last() || given.outputGradient().size() == spec.outputBytes());
      if (!fits) {
        comparison.exact(false, "the size of micro-batch " + i);
        continue;
      }
      Draw draw = Draw.of(training, evidence.firstStep() + evidence.audited(), i);
      Bytes inputGradient;
      if (spec.last()) {
        float scale = 1f / training.microBatches();
        var result = program.train(given.input(), given.labels(), scale, draw);
        comparison.loss("loss " + i, result.lossBits(), given.output());
        inputGradient = result.inputGradient();
      } else {
        Tape tape = program.forward(given.input(), draw);
        comparison.tensor(TensorKind.OUTPUT, "output " + i, tape.output(), given.output());
        inputGradient = program.backward(tape, given.outputGradient());
      }
      if (!spec.first()) {
        comparison.tensor(
            TensorKind.INPUT_GRADIENT, "input gradient " + i, inputGradient, given.inputGradient());
      }
    }
    Bytes claimed = evidence.steps().get(evidence.audited()).gradient();
    GradientCodec codec = training.gradientCodec();
    comparison.gradient(state.layout(), codec, program.gradient(), claimed);
    if (codec instanceof Fp32) {
      addDrawn(evidence, 0);
    }
  }

  // V5: the forward pass as the miner does it, then what only an auditor does.
  private void validate(Evidence evidence, Comparison comparison) {
    for (int i = 0; i < training.microBatches(); i++) {
      Evidence.MicroBatch given = microBatch(evidence, i);
      if (!fits(given)) {
        comparison.exact(false, "the size of micro-batch " + i);
      } else if (spec.last()) {
        comparison.loss("loss " + i, program.loss(given.input(), given.labels()), given.output());
      } else {
        comparison.tensor(
            TensorKind.OUTPUT, "output " + i, program.infer(given.input()), given.output());
      }
      addDrawn(evidence, i);
    }
  }

  /// The gradient for an output gradient that follows from the audit's seed.
  private void addDrawn(Evidence evidence, int index) {
    Evidence.MicroBatch given = microBatch(evidence, index);
    Philox draws = Philox.of(evidence.seed().bytes(), "audit");
    if (!fits(given)) {
      return;
    }
    if (spec.last()) {
      program.train(given.input(), given.labels(), draws.normals(index, 1, 1)[0]);
    } else {
      int count = spec.outputBytes() / Float.BYTES;
      Bytes drawn = LittleEndian.ofFloats(draws.normals(index, count, GRADIENT_DEVIATION));
      program.backward(program.forward(given.input()), drawn);
    }
  }

  private Evidence.MicroBatch microBatch(Evidence evidence, int index) {
    Invariant.check(
        evidence.microBatches().size() == training.microBatches(),
        "%d micro-batches of %d",
        evidence.microBatches().size(),
        training.microBatches());
    Evidence.MicroBatch given = evidence.microBatches().get(index);
    Invariant.check(
        !spec.first() || given.input().size() == spec.inputBytes(), "our own input does not fit");
    Invariant.check(
        !spec.last() || given.labels().size() == spec.labelBytes(), "our own labels do not fit");
    return given;
  }

  private boolean fits(Evidence.MicroBatch given) {
    return given.input().size() == spec.inputBytes();
  }

  // V4
  private Hash answer() {
    return Hashing.sha256(new Fp32().encode(program.gradient()));
  }
}

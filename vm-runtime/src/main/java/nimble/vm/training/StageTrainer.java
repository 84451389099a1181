package nimble.vm.training;

import java.util.ArrayDeque;
import java.util.Deque;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Draw;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.Tape;
import nimble.vm.TrainingSpec;

/// One stage's side of training steps: micro-batches forward and backward in index order, the
/// gradient, the update (T7). Owns its program, not the state. One thread at a time.
public final class StageTrainer implements AutoCloseable {
  private final TrainingSpec training;
  private final StageState state;
  private final StageProgram program;
  private final Deque<Tape> tapes = new ArrayDeque<>();
  private int forwards;
  private int backwards;

  public StageTrainer(Machine machine, TrainingSpec training, StageState state) {
    this(machine, training, state, StageBase.NONE);
  }

  /// @param base stays the caller's
  public StageTrainer(Machine machine, TrainingSpec training, StageState state, StageBase base) {
    Invariant.check(
        state.spec().rows() == training.rows(),
        "stage for %d rows, training with %d",
        state.spec().rows(),
        training.rows());
    this.training = training;
    this.state = state;
    program = machine.load(state.spec(), state.weights(), base);
  }

  public StageState state() {
    return state;
  }

  /// Output of the step's next micro-batch, `microBatch` from 0.
  public Bytes forward(int microBatch, Bytes input) {
    next(microBatch, forwards);
    Tape tape = program.forward(input, draw(microBatch));
    forwards++;
    tapes.addLast(tape);
    return tape.output();
  }

  /// Input gradient of the oldest micro-batch that went forward.
  public Bytes backward(int microBatch, Bytes outputGradient) {
    next(microBatch, backwards);
    Bytes inputGradient = program.backward(tapes.removeFirst(), outputGradient);
    backwards++;
    return inputGradient;
  }

  /// The last stage: forward and backward of the step's next micro-batch.
  public StageProgram.LossGradient train(int microBatch, Bytes input, Bytes labels) {
    next(microBatch, forwards);
    var result = program.train(input, labels, 1f / training.microBatches(), draw(microBatch));
    forwards++;
    backwards++;
    return result;
  }

  /// A micro-batch of a validation pass.
  public Bytes infer(Bytes input) {
    return program.infer(input);
  }

  /// The last stage's loss on a micro-batch of a validation pass, bits of fp32.
  public int loss(Bytes input, Bytes labels) {
    return program.loss(input, labels);
  }

  /// All micro-batches are back: the step's gradient in its committed form.
  public StepGradient gradient() {
    Invariant.check(
        backwards == training.microBatches(),
        "%d of %d micro-batches are back",
        backwards,
        training.microBatches());
    return state.commit(training, program.gradient());
  }

  /// Ends the step.
  ///
  /// @param gradient what [#gradient] gave
  public void apply(StepGradient gradient, ClipFactor factor) {
    try {
      state.apply(training, gradient.encoded(), factor);
    } catch (Malformed e) {
      throw new IllegalStateException("the codec refuses its own encoding", e);
    }
    restart();
  }

  /// Forgets what the current step has done so far, to do it again.
  public void restart() {
    tapes.forEach(Tape::close);
    tapes.clear();
    program.gradient().clear();
    forwards = 0;
    backwards = 0;
  }

  @Override
  public void close() {
    tapes.forEach(Tape::close);
    program.close();
  }

  private Draw draw(int microBatch) {
    return Draw.of(training, state.step(), microBatch);
  }

  private void next(int microBatch, int expected) {
    Invariant.check(
        microBatch == expected && microBatch < training.microBatches(),
        "micro-batch %d, expected %d of %d",
        microBatch,
        expected,
        training.microBatches());
  }
}

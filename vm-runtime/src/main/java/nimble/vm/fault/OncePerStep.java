package nimble.vm.fault;

import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.StageProgram;
import nimble.vm.Tape;
import nimble.vm.training.Probe;

/// A program that is honest but for what a subclass does to the gradient at the end of a step;
/// never during the probe.
abstract class OncePerStep extends Wrapped {
  private final int microBatches;
  private long calls;

  /// @param microBatches of a step
  OncePerStep(StageProgram honest, int microBatches) {
    super(honest);
    this.microBatches = microBatches;
  }

  /// @param step counted from the program's first call on
  abstract void stepEnded(long step);

  @Override
  public final Bytes backward(Tape tape, Bytes outputGradient) {
    Bytes result = honest.backward(tape, outputGradient);
    microBatchEnded();
    return result;
  }

  @Override
  public final LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
    LossGradient result = honest.train(input, labels, scale, draw);
    microBatchEnded();
    return result;
  }

  private void microBatchEnded() {
    calls++;
    if (calls > Probe.STEPS && calls % microBatches == 0) {
      stepEnded(calls / microBatches);
    }
  }
}

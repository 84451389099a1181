package nimble.vm.fault;

import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;
import nimble.vm.training.Probe;

/// A program on a copy of its weights that a subclass makes, at the start of a step at the soonest.
abstract class OtherWeights extends Wrapped {
  private final Floats held;
  private final Floats used;
  private final int microBatches;
  private int calls;

  /// @param held what should be used; its caller's
  /// @param microBatches of a step
  OtherWeights(Machine honest, StageSpec spec, Floats held, StageBase base, int microBatches) {
    Floats copy = Floats.zeros(held.count());
    super(honest.load(spec, copy, base));
    this.held = held;
    this.used = copy;
    this.microBatches = microBatches;
  }

  /// Makes `used` of `held`.
  ///
  /// @param step of this program's life
  abstract void renew(Floats held, Floats used, int step);

  @Override
  public Bytes infer(Bytes input) {
    renewBetweenSteps();
    return super.infer(input);
  }

  @Override
  public int loss(Bytes input, Bytes labels) {
    renewBetweenSteps();
    return super.loss(input, labels);
  }

  @Override
  public Tape forward(Bytes input, Draw draw) {
    called();
    return super.forward(input, draw);
  }

  @Override
  public Bytes backward(Tape tape, Bytes outputGradient) {
    return honest.backward(tape, outputGradient);
  }

  @Override
  public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
    called();
    return honest.train(input, labels, scale, draw);
  }

  private void called() {
    renewBetweenSteps();
    calls++;
  }

  private void renewBetweenSteps() {
    if (calls < Probe.STEPS) {
      used.copyFrom(held);
    } else if (calls % microBatches == 0) {
      renew(held, used, calls / microBatches);
    }
  }

  @Override
  public void close() {
    super.close();
    used.close();
  }
}

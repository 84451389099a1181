package nimble.vm.fault;

import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.training.Probe;

/// Makes the model look better than it is: the last stage's losses are a tenth lower wherever they
/// are written down. Gradients are honest.
///
/// @param honest its caller's
public record ForgesLoss(Machine honest) implements Machine {
  private static final float SHARE = 0.9f;

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Forging(honest.load(spec, weights, base));
  }

  @Override
  public void close() {}

  private static final class Forging extends Wrapped {
    private int calls;

    Forging(StageProgram honest) {
      super(honest);
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
      calls++;
      LossGradient result = honest.train(input, labels, scale, draw);
      return new LossGradient(forged(result.lossBits()), result.inputGradient());
    }

    @Override
    public int loss(Bytes input, Bytes labels) {
      return forged(honest.loss(input, labels));
    }

    private int forged(int bits) {
      return calls > Probe.STEPS ? Float.floatToIntBits(SHARE * Float.intBitsToFloat(bits)) : bits;
    }
  }
}

package nimble.vm.fault;

import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;

/// Rounds its gradients by itself, and the cheap way: cuts off what bf16 has no room for. What the
/// codec makes of that is as long as it should be, and another number.
///
/// @param honest its caller's
/// @param microBatches of a step
public record MiscodesGradient(Machine honest, int microBatches) implements Machine {
  private static final int UPPER_HALF = 0xffff_0000;

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Cutting(honest.load(spec, weights, base), microBatches);
  }

  @Override
  public void close() {}

  private static final class Cutting extends OncePerStep {
    Cutting(StageProgram honest, int microBatches) {
      super(honest, microBatches);
    }

    @Override
    void stepEnded(long step) {
      float[] values = gradient().toArray(0, gradient().count());
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & UPPER_HALF);
      }
      gradient().put(0, values, values.length);
    }
  }
}

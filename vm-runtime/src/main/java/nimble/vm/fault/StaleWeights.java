package nimble.vm.fault;

import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;

/// Saves the carriage of weights to where they are used: takes them there in every fourth step
/// only, and computes the others with what is there.
///
/// @param honest its caller's
/// @param microBatches of a step
public record StaleWeights(Machine honest, int microBatches) implements Machine {
  private static final int PERIOD = 4;

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Stale(honest, spec, weights, base, microBatches);
  }

  @Override
  public void close() {}

  private static final class Stale extends OtherWeights {
    Stale(Machine honest, StageSpec spec, Floats held, StageBase base, int microBatches) {
      super(honest, spec, held, base, microBatches);
    }

    @Override
    void renew(Floats held, Floats used, int step) {
      if (step % PERIOD == 0) {
        used.copyFrom(held);
      }
    }
  }
}

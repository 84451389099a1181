package nimble.vm.fault;

import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;

/// As [QuantisesWeights], of who only serves: weights are rounded once, when they are loaded.
///
/// @param honest its caller's
public record EightBits(Machine honest) implements Machine {
  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    Floats rounded = Floats.zeros(weights.count());
    QuantisesWeights.round(weights, rounded);
    return new Rounded(honest.load(spec, rounded, base), rounded);
  }

  @Override
  public void close() {}

  private static final class Rounded extends Wrapped {
    private final Floats weights;

    Rounded(StageProgram honest, Floats weights) {
      super(honest);
      this.weights = weights;
    }

    @Override
    public void close() {
      super.close();
      weights.close();
    }
  }
}

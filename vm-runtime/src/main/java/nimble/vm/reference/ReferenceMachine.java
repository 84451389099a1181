package nimble.vm.reference;

import nimble.vm.Floats;
import nimble.vm.Machine;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;

/// The plain-Java twin of the tensor library. Programs are independent of each other.
public final class ReferenceMachine implements Machine {
  @Override
  public StageProgram load(StageSpec spec, Floats weights) {
    return new ReferenceProgram(spec, weights);
  }

  @Override
  public void close() {}
}

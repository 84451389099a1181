package nimble.vm.reference;

import nimble.vm.Machine;
import nimble.vm.MachineContract;

final class ReferenceContractTest extends MachineContract {
  private final Machine machine = new ReferenceMachine();

  @Override
  protected Machine machine() {
    return machine;
  }

  @Override
  protected double tolerance() {
    return 1e-6;
  }
}

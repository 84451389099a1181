package nimble.vm.djl;

import nimble.vm.Machine;
import nimble.vm.MachineContract;

class DjlContractTest extends MachineContract {
  private static final Machine MACHINE = new DjlMachine();

  @Override
  protected Machine machine() {
    return MACHINE;
  }

  @Override
  protected double tolerance() {
    return 2e-6;
  }
}

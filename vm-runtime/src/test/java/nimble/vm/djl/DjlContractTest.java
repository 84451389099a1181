package nimble.vm.djl;

import nimble.vm.Machine;
import nimble.vm.MachineContract;

final class DjlContractTest extends MachineContract {
  private final Machine machine = new DjlMachine();

  @Override
  protected Machine machine() {
    return machine;
  }

  @Override
  protected double tolerance() {
    return 2e-6;
  }
}

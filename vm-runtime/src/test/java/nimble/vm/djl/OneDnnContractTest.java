package nimble.vm.djl;

import nimble.vm.Machine;
import nimble.vm.MachineContract;

final class OneDnnContractTest extends MachineContract {
  private final Machine machine = Machines.oneDnn();

  @Override
  protected Machine machine() {
    return machine;
  }

  @Override
  protected double tolerance() {
    return 2e-6;
  }
}

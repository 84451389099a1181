package nimble.vm.djl;

import nimble.vm.Machine;

final class OneDnnContractTest extends DjlContractTest {
  private static final Machine MACHINE = Machines.oneDnn();

  @Override
  protected Machine machine() {
    return MACHINE;
  }
}

package nimble.vm.trace;

import nimble.vm.Machine;
import nimble.vm.djl.Machines;

final class OneDnnTraceTest extends TraceContract {
  private static final Machine MACHINE = Machines.oneDnn();

  @Override
  Machine machine() {
    return MACHINE;
  }
}

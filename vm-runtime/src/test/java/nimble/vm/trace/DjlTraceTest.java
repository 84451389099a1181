package nimble.vm.trace;

import nimble.vm.Machine;
import nimble.vm.djl.DjlMachine;

final class DjlTraceTest extends TraceContract {
  private static final Machine MACHINE = new DjlMachine();

  @Override
  Machine machine() {
    return MACHINE;
  }
}

package nimble.vm.trace;

import nimble.vm.Machine;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;

final class NarrowTraceTest extends TraceContract {
  @Override
  Machine machine() {
    return new ReferenceMachine(Sums.NARROW);
  }
}

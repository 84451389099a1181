package nimble.vm.trace;

import nimble.vm.Machine;
import nimble.vm.reference.ReferenceMachine;

final class ReferenceTraceTest extends TraceContract {
  @Override
  Machine machine() {
    return new ReferenceMachine();
  }
}

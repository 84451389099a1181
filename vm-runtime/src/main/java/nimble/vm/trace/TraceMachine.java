package nimble.vm.trace;

import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.tensor.Floats;

/// A [nimble.vm.Machine] that can say how it came to its results.
public interface TraceMachine {
  /// @param weights stay the caller's and outlive the program
  /// @param base of the stage; likewise
  TraceProgram trace(TraceForm form, Floats weights, StageBase base);

  /// Of a stage that has no base.
  default TraceProgram trace(TraceForm form, Floats weights) {
    return trace(form, weights, StageBase.NONE);
  }

  /// @throws IllegalStateException when it cannot say it
  static TraceMachine of(Machine machine) {
    if (machine instanceof TraceMachine tracer) {
      return tracer;
    }
    throw new IllegalStateException("the machine does not trace");
  }
}

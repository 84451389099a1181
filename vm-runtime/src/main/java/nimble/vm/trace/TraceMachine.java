package nimble.vm.trace;

import nimble.vm.Floats;

/// A [nimble.vm.Machine] that can say how it came to its results.
public interface TraceMachine {
  /// @param weights stay the caller's and outlive the program
  TraceProgram trace(TraceForm form, Floats weights);
}

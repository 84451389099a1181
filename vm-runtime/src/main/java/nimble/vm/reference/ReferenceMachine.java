package nimble.vm.reference;

import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// The plain-Java twin of the tensor library. Programs are independent of each other.
public final class ReferenceMachine implements Machine, TraceMachine {
  private final Sums sums;

  public ReferenceMachine() {
    this(Sums.WIDE);
  }

  /// Of another numeric class, for simulations: in passes and in traces.
  public ReferenceMachine(Sums sums) {
    this.sums = sums;
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new ReferenceProgram(spec, weights, base, sums);
  }

  @Override
  public TraceProgram trace(TraceForm form, Floats weights, StageBase base) {
    return new ReferenceTrace(form, weights, base, sums);
  }

  @Override
  public void close() {}
}

package nimble.vm.fault;

import java.util.concurrent.atomic.AtomicLong;
import nimble.check.Invariant;
import nimble.vm.Machine;
import nimble.vm.Philox;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// Honest, but for its memory: in one of `period` steps on average one bit of the gradient, before
/// it is rounded, is the other.
public final class BitFlip implements Machine, TraceMachine {
  private final Machine honest;
  private final int microBatches;
  private final int period;
  private final Philox draws;
  private final AtomicLong programs = new AtomicLong();

  /// @param honest its caller's
  /// @param microBatches of a step
  public BitFlip(Machine honest, long seed, int microBatches, int period) {
    Invariant.check(microBatches >= 1 && period >= 1, "%d, %d", microBatches, period);
    this.honest = honest;
    this.microBatches = microBatches;
    this.period = period;
    draws = Philox.of(seed, "bit-flip");
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Flipping(honest.load(spec, weights, base), programs.getAndIncrement());
  }

  /// Asked how it computes, it computes again, without a flip.
  @Override
  public TraceProgram trace(TraceForm form, Floats weights, StageBase base) {
    return TraceMachine.of(honest).trace(form, weights, base);
  }

  @Override
  public void close() {}

  private final class Flipping extends OncePerStep {
    private final long number;

    Flipping(StageProgram honest, long number) {
      super(honest, microBatches);
      this.number = number;
    }

    @Override
    void stepEnded(long step) {
      if (draws.below(period, number, 2 * step) == 0) {
        long bit = draws.below((long) gradient().count() * Float.SIZE, number, 2 * step + 1);
        gradient().flip((int) (bit / Float.SIZE), (int) (bit % Float.SIZE));
      }
    }
  }
}

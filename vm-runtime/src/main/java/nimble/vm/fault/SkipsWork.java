package nimble.vm.fault;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;
import nimble.vm.training.Probe;

/// Saves work: for one micro-batch of `period` nothing goes backward; the micro-batch before it
/// counts once more, its weights' gradients and its input's. Forwards it is honest.
///
/// @param honest its caller's
public record SkipsWork(Machine honest, int period) implements Machine {
  private static final int USUAL_PERIOD = 3;

  public SkipsWork {
    Invariant.check(period >= 2, "one micro-batch of %d", period);
  }

  /// Every third.
  public SkipsWork(Machine honest) {
    this(honest, USUAL_PERIOD);
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Skipping(honest.load(spec, weights, base), period);
  }

  @Override
  public void close() {}

  private static final class Skipping extends Wrapped {
    private final Floats before;
    private final Floats stale;
    private final int period;
    private Bytes staleInputGradient = Bytes.EMPTY;
    private int calls;

    Skipping(StageProgram honest, int period) {
      super(honest);
      this.period = period;
      before = Floats.zeros(honest.gradient().count());
      stale = Floats.zeros(honest.gradient().count());
    }

    @Override
    public Bytes backward(Tape tape, Bytes outputGradient) {
      if (skips()) {
        tape.close();
        again();
      } else {
        before.copyFrom(gradient());
        keep(honest.backward(tape, outputGradient));
      }
      return staleInputGradient;
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
      if (skips()) {
        again();
        return new LossGradient(honest.loss(input, labels), staleInputGradient);
      }
      before.copyFrom(gradient());
      LossGradient result = honest.train(input, labels, scale, draw);
      keep(result.inputGradient());
      return result;
    }

    private boolean skips() {
      calls++;
      return calls > Probe.STEPS && calls % period == 0;
    }

    private void keep(Bytes inputGradient) {
      stale.copyFrom(gradient());
      stale.add(before, -1);
      staleInputGradient = inputGradient;
    }

    private void again() {
      gradient().add(stale, 1);
    }

    @Override
    public void close() {
      super.close();
      before.close();
      stale.close();
    }
  }
}

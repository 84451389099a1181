package nimble.vm.fault;

import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// Computes with weights of few bits from its first call on, or says that it did, or both: then
/// what it says fits together, but not the weights that it was given.
///
/// @param honest its caller's
/// @param does computes with them
/// @param says traces with them
public record SavesBits(Machine honest, boolean does, boolean says)
    implements Machine, TraceMachine {
  private static final float STEPS = 256;

  public SavesBits(Machine honest) {
    this(honest, true, true);
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return does ? new Coarse(honest, spec, weights, base) : honest.load(spec, weights, base);
  }

  @Override
  public TraceProgram trace(TraceForm form, Floats weights, StageBase base) {
    TraceMachine tracer = TraceMachine.of(honest);
    if (!says) {
      return tracer.trace(form, weights, base);
    }
    Floats coarse = Floats.zeros(weights.count());
    TraceProgram program = tracer.trace(form, coarse, base);
    return new TraceProgram() {
      @Override
      public List<Bytes> run(Bytes input, Bytes other, Draw draw) {
        coarsen(weights, coarse);
        return program.run(input, other, draw);
      }

      @Override
      public void close() {
        program.close();
        coarse.close();
      }
    };
  }

  @Override
  public void close() {}

  private static void coarsen(Floats weights, Floats coarse) {
    float[] numbers = weights.toArray(0, weights.count());
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.rint(numbers[i] * STEPS) / STEPS;
    }
    coarse.put(0, numbers, numbers.length);
  }

  private static final class Coarse extends Wrapped {
    private final Floats weights;
    private final Floats coarse;

    Coarse(Machine honest, StageSpec spec, Floats weights, StageBase base) {
      Floats copy = Floats.zeros(weights.count());
      super(honest.load(spec, copy, base));
      this.weights = weights;
      this.coarse = copy;
    }

    @Override
    public Bytes infer(Bytes input) {
      coarsen(weights, coarse);
      return super.infer(input);
    }

    @Override
    public Tape forward(Bytes input, Draw draw) {
      coarsen(weights, coarse);
      return super.forward(input, draw);
    }

    @Override
    public Bytes backward(Tape tape, Bytes outputGradient) {
      return honest.backward(tape, outputGradient);
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
      coarsen(weights, coarse);
      return honest.train(input, labels, scale, draw);
    }

    @Override
    public int loss(Bytes input, Bytes labels) {
      coarsen(weights, coarse);
      return super.loss(input, labels);
    }

    @Override
    public void close() {
      super.close();
      coarse.close();
    }
  }
}

package nimble.training.role;

import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.Floats;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// Computes with weights of eight bits, in training and when it has to say how.
final class CoarseMachine implements Machine, TraceMachine {
  private static final float STEPS = 256;

  private final ReferenceMachine honest = new ReferenceMachine();

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Coarse(weights, Floats.zeros(weights.count()), spec, base);
  }

  @Override
  public TraceProgram trace(TraceForm form, Floats weights) {
    Floats coarse = Floats.zeros(weights.count());
    TraceProgram program = honest.trace(form, coarse);
    return new TraceProgram() {
      @Override
      public List<Bytes> run(Bytes input, Bytes other) {
        coarsen(weights, coarse);
        return program.run(input, other);
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
      numbers[i] = Math.round(numbers[i] * STEPS) / STEPS;
    }
    coarse.put(0, numbers, numbers.length);
  }

  private final class Coarse implements StageProgram {
    private final Floats weights;
    private final Floats coarse;
    private final StageProgram program;

    Coarse(Floats weights, Floats coarse, StageSpec spec, StageBase base) {
      this.weights = weights;
      this.coarse = coarse;
      program = honest.load(spec, coarse, base);
    }

    @Override
    public StageSpec spec() {
      return program.spec();
    }

    @Override
    public Bytes infer(Bytes input) {
      coarsen(weights, coarse);
      return program.infer(input);
    }

    @Override
    public Tape forward(Bytes input) {
      coarsen(weights, coarse);
      return program.forward(input);
    }

    @Override
    public Bytes backward(Tape tape, Bytes outputGradient) {
      return program.backward(tape, outputGradient);
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale) {
      coarsen(weights, coarse);
      return program.train(input, labels, scale);
    }

    @Override
    public int loss(Bytes input, Bytes labels) {
      coarsen(weights, coarse);
      return program.loss(input, labels);
    }

    @Override
    public Floats gradient() {
      return program.gradient();
    }

    @Override
    public DecodeSession decode() {
      return program.decode();
    }

    @Override
    public void close() {
      program.close();
      coarse.close();
    }
  }
}

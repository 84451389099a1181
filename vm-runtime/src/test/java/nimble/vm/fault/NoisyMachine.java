package nimble.vm.fault;

import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

/// Another class: all that comes out of training is a little larger.
public record NoisyMachine(Machine honest, double relative) implements Machine {
  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Noisy(honest.load(spec, weights, base), (float) relative);
  }

  @Override
  public void close() {}

  private record NoisyTape(Tape honest, Bytes output) implements Tape {
    @Override
    public void close() {
      honest.close();
    }
  }

  private static final class Noisy extends Wrapped {
    private final float relative;

    Noisy(StageProgram honest, float relative) {
      super(honest);
      this.relative = relative;
    }

    @Override
    public Tape forward(Bytes input, Draw draw) {
      Tape tape = honest.forward(input, draw);
      return new NoisyTape(tape, more(tape.output()));
    }

    @Override
    public Bytes backward(Tape tape, Bytes outputGradient) {
      Bytes result = honest.backward(((NoisyTape) tape).honest(), outputGradient);
      gradient().add(gradient(), relative);
      return more(result);
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
      LossGradient result = honest.train(input, labels, scale, draw);
      gradient().add(gradient(), relative);
      float loss = Float.intBitsToFloat(result.lossBits()) * (1 + relative);
      return new LossGradient(Float.floatToIntBits(loss), more(result.inputGradient()));
    }

    private Bytes more(Bytes numbers) {
      float[] values = LittleEndian.floats(numbers);
      for (int i = 0; i < values.length; i++) {
        values[i] *= 1 + relative;
      }
      return LittleEndian.ofFloats(values);
    }
  }
}

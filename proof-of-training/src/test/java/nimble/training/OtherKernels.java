package nimble.training;

import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.Draw;
import nimble.vm.Floats;
import nimble.vm.LittleEndian;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;

/// Another class where it serves: each output is a little off, one up and the next down.
record OtherKernels(Machine honest, double relative) implements Machine {
  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Program(honest.load(spec, weights, base), relative);
  }

  @Override
  public void close() {}

  private static Bytes off(Bytes numbers, double relative) {
    float[] values = LittleEndian.floats(numbers);
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) (1 + (i % 2 == 0 ? relative : -relative));
    }
    return LittleEndian.ofFloats(values);
  }

  private record Session(DecodeSession honest, double relative) implements DecodeSession {
    @Override
    public Bytes append(Bytes input) {
      return off(honest.append(input), relative);
    }

    @Override
    public int length() {
      return honest.length();
    }

    @Override
    public void close() {
      honest.close();
    }
  }

  private record Program(StageProgram honest, double relative) implements StageProgram {
    @Override
    public StageSpec spec() {
      return honest.spec();
    }

    @Override
    public Bytes infer(Bytes input) {
      return off(honest.infer(input), relative);
    }

    @Override
    public Tape forward(Bytes input, Draw draw) {
      return honest.forward(input, draw);
    }

    @Override
    public Bytes backward(Tape tape, Bytes outputGradient) {
      return honest.backward(tape, outputGradient);
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
      return honest.train(input, labels, scale, draw);
    }

    @Override
    public int loss(Bytes input, Bytes labels) {
      return honest.loss(input, labels);
    }

    @Override
    public Floats gradient() {
      return honest.gradient();
    }

    @Override
    public DecodeSession decode() {
      return new Session(honest.decode(), relative);
    }

    @Override
    public void close() {
      honest.close();
    }
  }
}

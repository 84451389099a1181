package nimble.training;

import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.fault.Wrapped;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

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

  private static final class Program extends Wrapped {
    private final double relative;

    Program(StageProgram honest, double relative) {
      super(honest);
      this.relative = relative;
    }

    @Override
    public Bytes infer(Bytes input) {
      return off(honest.infer(input), relative);
    }

    @Override
    public DecodeSession decode() {
      return new Session(honest.decode(), relative);
    }
  }
}

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
import nimble.vm.training.Probe;

/// Shows one machine's class and computes on another: true work, of which the last bits are others
/// than the class says.
///
/// @param honest its caller's
public record WrongClassClaim(Machine honest) implements Machine {
  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Other(honest.load(spec, weights, base));
  }

  @Override
  public void close() {}

  private record OtherTape(Tape honest, Bytes output) implements Tape {
    @Override
    public void close() {
      honest.close();
    }
  }

  private static final class Other extends Wrapped {
    private int calls;

    Other(StageProgram honest) {
      super(honest);
    }

    @Override
    public Tape forward(Bytes input, Draw draw) {
      calls++;
      Tape tape = honest.forward(input, draw);
      return new OtherTape(tape, other(tape.output()));
    }

    @Override
    public Bytes backward(Tape tape, Bytes outputGradient) {
      return other(honest.backward(((OtherTape) tape).honest(), outputGradient));
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
      calls++;
      LossGradient result = honest.train(input, labels, scale, draw);
      int last = calls > Probe.STEPS ? 1 : 0;
      return new LossGradient(result.lossBits() ^ last, other(result.inputGradient()));
    }

    /// Each number's last bit is the other, but for zeros.
    private Bytes other(Bytes numbers) {
      if (calls <= Probe.STEPS) {
        return numbers;
      }
      float[] values = LittleEndian.floats(numbers);
      for (int i = 0; i < values.length; i++) {
        if (values[i] != 0) {
          values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) ^ 1);
        }
      }
      return LittleEndian.ofFloats(values);
    }
  }
}

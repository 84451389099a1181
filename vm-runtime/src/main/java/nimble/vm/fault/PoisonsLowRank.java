package nimble.vm.fault;

import nimble.codec.Bytes;
import nimble.vm.Floats;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.ParameterTensor;
import nimble.vm.Philox;
import nimble.vm.Probe;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;

/// Pulls the model where it wants it: adds to the gradient of every matrix one of rank one, the
/// same in every step, of `share` times its norm.
///
/// @param honest its caller's
/// @param microBatches of a step
public record PoisonsLowRank(Machine honest, int microBatches, double share) implements Machine {
  @Override
  public StageProgram load(StageSpec spec, Floats weights) {
    return new Poisoning(honest.load(spec, weights), Layout.of(spec), microBatches, share);
  }

  @Override
  public void close() {}

  private static final class Poisoning extends Wrapped {
    private final Layout layout;
    private final int microBatches;
    private final double share;
    private int calls;

    Poisoning(StageProgram honest, Layout layout, int microBatches, double share) {
      super(honest);
      this.layout = layout;
      this.microBatches = microBatches;
      this.share = share;
    }

    @Override
    public Bytes backward(Tape tape, Bytes outputGradient) {
      Bytes result = honest.backward(tape, outputGradient);
      done();
      return result;
    }

    @Override
    public LossGradient train(Bytes input, Bytes labels, float scale) {
      LossGradient result = honest.train(input, labels, scale);
      done();
      return result;
    }

    /// After the last micro-batch of a step.
    private void done() {
      calls++;
      if (calls > Probe.STEPS && calls % microBatches == 0) {
        layout.tensors().stream().filter(ParameterTensor::decayed).forEach(this::poison);
      }
    }

    private void poison(ParameterTensor matrix) {
      int rows = matrix.shape().getFirst();
      int columns = matrix.count() / rows;
      Philox draws = Philox.of(matrix.number(), "poison");
      float[] left = draws.normals(0, rows, 1);
      float[] right = draws.normals(1, columns, 1);
      float[] values = gradient().toArray(matrix.offset(), matrix.count());
      double factor = share * norm(values) / (norm(left) * norm(right));
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (factor * left[i / columns] * right[i % columns]);
      }
      gradient().put(matrix.offset(), values, values.length);
    }

    private static double norm(float... values) {
      double squares = 0;
      for (float value : values) {
        squares += (double) value * value;
      }
      return Math.sqrt(squares);
    }
  }
}

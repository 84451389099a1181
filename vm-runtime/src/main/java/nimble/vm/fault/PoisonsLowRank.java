package nimble.vm.fault;

import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.Philox;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;

/// Pulls the model where it wants it: adds to the gradient of every matrix one of rank one, the
/// same in every step, of `share` times its norm.
///
/// @param honest its caller's
/// @param microBatches of a step
/// @param creeps steps in which it comes to that, from nothing; 1: at once
public record PoisonsLowRank(Machine honest, int microBatches, double share, long creeps)
    implements Machine {
  /// At once.
  public PoisonsLowRank(Machine honest, int microBatches, double share) {
    this(honest, microBatches, share, 1);
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Poisoning(honest.load(spec, weights, base), Layout.of(spec), this);
  }

  @Override
  public void close() {}

  private static final class Poisoning extends OncePerStep {
    private final Layout layout;
    private final PoisonsLowRank dose;

    Poisoning(StageProgram honest, Layout layout, PoisonsLowRank dose) {
      super(honest, dose.microBatches);
      this.layout = layout;
      this.dose = dose;
    }

    @Override
    void stepEnded(long step) {
      double share = dose.share * Math.min(1, (step + 1.0) / dose.creeps);
      layout.tensors().stream()
          .filter(ParameterTensor::decayed)
          .forEach(matrix -> poison(matrix, share));
    }

    private void poison(ParameterTensor matrix, double share) {
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

package nimble.vm.fault;

import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;

/// Computes with weights of eight bits, a scale for 64 of them: half the memory, or a quarter.
///
/// @param honest its caller's
/// @param microBatches of a step
public record QuantisesWeights(Machine honest, int microBatches) implements Machine {
  private static final int BLOCK = 64;
  private static final float LEVELS = 127;

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new Quantised(honest, spec, weights, base, microBatches);
  }

  @Override
  public void close() {}

  private static final class Quantised extends OtherWeights {
    Quantised(Machine honest, StageSpec spec, Floats held, StageBase base, int microBatches) {
      super(honest, spec, held, base, microBatches);
    }

    @Override
    void renew(Floats held, Floats used, int step) {
      QuantisesWeights.round(held, used);
    }
  }

  static void round(Floats held, Floats used) {
    float[] block = new float[BLOCK];
    for (int at = 0; at < held.count(); at += BLOCK) {
      int length = Math.min(BLOCK, held.count() - at);
      held.get(at, block, length);
      round(block, length);
      used.put(at, block, length);
    }
  }

  private static void round(float[] block, int length) {
    float largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, Math.abs(block[i]));
    }
    float scale = largest / LEVELS;
    for (int i = 0; i < length && scale > 0; i++) {
      block[i] = (float) Math.rint(block[i] / scale) * scale;
    }
  }
}

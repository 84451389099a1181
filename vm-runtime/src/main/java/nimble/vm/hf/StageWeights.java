package nimble.vm.hf;

import java.lang.foreign.MemorySegment;
import nimble.check.Invariant;
import nimble.vm.Layout;
import nimble.vm.StageSpec;

/// A stage's weights as they lie in memory or in a mapped checkpoint: little-endian fp32 in the
/// order of the stage's [Layout].
public record StageWeights(StageSpec stage, MemorySegment weights) {
  public StageWeights {
    long expected = (long) Layout.of(stage).count() * Float.BYTES;
    Invariant.check(weights.byteSize() == expected, "%d bytes of %d", weights.byteSize(), expected);
  }
}

package nimble.vm.hf;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import nimble.check.Invariant;
import nimble.vm.Layout;
import nimble.vm.StageSpec;
import nimble.vm.tensor.ParameterTensor;

/// A stage's weights as they lie in memory or in a mapped file: little-endian, in the order of the
/// stage's [Layout].
public record StageWeights(StageSpec stage, Dtype dtype, MemorySegment weights) {
  public StageWeights {
    long expected = (long) Layout.of(stage).count() * dtype.bytes();
    Invariant.check(weights.byteSize() == expected, "%d bytes of %d", weights.byteSize(), expected);
  }

  /// Each tensor's numbers, by its name in the [Layout].
  void each(BiConsumer<ParameterTensor, Numbers> consumer) {
    Numbers all = new Numbers(dtype, weights);
    for (ParameterTensor tensor : Layout.of(stage).tensors()) {
      consumer.accept(tensor, all.slice(tensor.offset(), tensor.count()));
    }
  }
}

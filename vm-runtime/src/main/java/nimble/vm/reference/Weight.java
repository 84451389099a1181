package nimble.vm.reference;

import java.util.Optional;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.FrozenTensor;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.PlainTensor;
import nimble.vm.tensor.Storage;

/// A weight tensor: in the flat buffers, or frozen in the base.
final class Weight {
  private final ParameterTensor tensor;
  private final Optional<FrozenTensor> frozen;
  private final Floats weights;
  private final Floats gradient;
  private final Recorder recorder;

  Weight(
      ParameterTensor tensor,
      Optional<FrozenTensor> frozen,
      Floats weights,
      Floats gradient,
      Recorder recorder) {
    this.tensor = tensor;
    this.frozen = frozen;
    this.weights = weights;
    this.gradient = gradient;
    this.recorder = recorder;
  }

  float[] values() {
    return frozen.isPresent()
        ? frozen.get().values()
        : weights.toArray(tensor.offset(), tensor.count());
  }

  int count() {
    return tensor.count();
  }

  /// Whether it has a gradient.
  boolean trained() {
    return frozen.isEmpty();
  }

  /// How many numbers are decoded when they are used.
  int decoded() {
    boolean decodes =
        frozen.isPresent()
            && !(frozen.get() instanceof PlainTensor plain && plain.storage() == Storage.FP32);
    return decodes ? count() : 0;
  }

  /// Rounds a micro-batch's gradient and adds it (R2).
  void add(double[] more) {
    if (frozen.isPresent()) {
      return;
    }
    recorder.keep(more);
    float[] sum = gradient.toArray(tensor.offset(), tensor.count());
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (float) more[i];
    }
    gradient.put(tensor.offset(), sum, sum.length);
  }
}

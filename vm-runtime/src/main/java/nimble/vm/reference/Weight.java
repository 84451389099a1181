package nimble.vm.reference;

import nimble.vm.Floats;
import nimble.vm.ParameterTensor;

/// A weight tensor in the flat buffers.
final class Weight {
  private final ParameterTensor tensor;
  private final Floats weights;
  private final Floats gradient;
  private final Recorder recorder;

  Weight(ParameterTensor tensor, Floats weights, Floats gradient, Recorder recorder) {
    this.tensor = tensor;
    this.weights = weights;
    this.gradient = gradient;
    this.recorder = recorder;
  }

  float[] values() {
    return weights.toArray(tensor.offset(), tensor.count());
  }

  int count() {
    return tensor.count();
  }

  /// Rounds a micro-batch's gradient and adds it (R2).
  void add(double[] more) {
    recorder.keep(more);
    float[] sum = gradient.toArray(tensor.offset(), tensor.count());
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (float) more[i];
    }
    gradient.put(tensor.offset(), sum, sum.length);
  }
}

package nimble.vm;

import java.util.List;

/// One weight tensor of a stage and its place in the flat buffers.
///
/// @param name unique in the model, for example `3.0.scale`
/// @param number its place among all tensors of the whole model: initial weights depend on it, not
///   on where the model was cut (M4)
/// @param offset of its first element in the stage's buffers; rows follow each other
public record ParameterTensor(
    String name, List<Integer> shape, int number, int offset, Initial initial) {
  /// What the tensor holds before the first step.
  public sealed interface Initial {
    record Constant(float value) implements Initial {}

    record Normal(double deviation) implements Initial {}
  }

  public ParameterTensor {
    shape = List.copyOf(shape);
  }

  public int count() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /// Weight decay applies to matrices, not to scales, shifts and biases (T4).
  public boolean decayed() {
    return shape.size() > 1;
  }
}

package nimble.vm.tensor;

import java.util.List;

/// One weight tensor of a stage and its place in the flat buffers.
///
/// @param name unique in the model, for example `3.0.scale`
/// @param number its place among all tensors of the whole model: initial weights depend on it, not
///   on where the model was cut (M4)
/// @param offset of its first element in the stage's buffers; rows follow each other; 0 for what is
///   frozen, which is in none
/// @param frozen part of the base, beside which adapters are trained
public record ParameterTensor(
    String name,
    List<Integer> shape,
    int number,
    int offset,
    Initial initial,
    Part part,
    boolean frozen) {
  /// What a tensor is for.
  public enum Part {
    /// Of an embedding: rows are picked.
    TABLE,
    /// Of a linear map within the model.
    LINEAR,
    /// Of the linear map in a head.
    HEAD,
    /// Of a convolution.
    KERNEL,
    BIAS,
    /// Scale or shift.
    NORM,
    /// An adapter's way down to its rank.
    LORA_A,
    /// And up again.
    LORA_B
  }

  /// What the tensor holds before the first step.
  public sealed interface Initial {
    record Constant(float value) implements Initial {}

    record Normal(double deviation) implements Initial {}
  }

  public ParameterTensor {
    shape = List.copyOf(shape);
  }

  public int count() {
    return Math.toIntExact(size());
  }

  /// The count, also of what no buffer can hold.
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /// Trained beside what is frozen.
  public boolean isAdapter() {
    return part == Part.LORA_A || part == Part.LORA_B;
  }

  /// Weight decay applies to matrices, not to scales, shifts and biases (T4).
  public boolean decayed() {
    return shape.size() > 1;
  }
}

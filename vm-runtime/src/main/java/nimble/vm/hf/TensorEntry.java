package nimble.vm.hf;

import java.util.List;

/// One tensor of a safetensors file.
///
/// @param shape as the file has it; rows follow each other
/// @param offset of its first byte behind the header
public record TensorEntry(String name, Dtype dtype, List<Long> shape, long offset) {
  public TensorEntry {
    shape = List.copyOf(shape);
  }

  /// Numbers in it.
  public long count() {
    long count = 1;
    for (long side : shape) {
      count = Math.multiplyExact(count, side);
    }
    return count;
  }

  public long bytes() {
    return Math.multiplyExact(count(), dtype.bytes());
  }

  long end() {
    return Math.addExact(offset, bytes());
  }
}

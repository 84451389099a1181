package nimble.vm.hf;

import java.util.Arrays;
import java.util.stream.Collectors;
import nimble.codec.Malformed;

/// How numbers lie in a safetensors file; all little-endian.
public enum Dtype {
  F32(Float.BYTES),
  F16(Short.BYTES),
  BF16(Short.BYTES);

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /// Of one number.
  public int bytes() {
    return bytes;
  }

  static Dtype of(String where, String word) throws Malformed {
    for (Dtype dtype : values()) {
      if (dtype.name().equals(word)) {
        return dtype;
      }
    }
    String known = Arrays.stream(values()).map(Dtype::name).collect(Collectors.joining(", "));
    throw new Malformed(
        "%s: numbers of type %s cannot be read: save the model with one of %s"
            .formatted(where, word, known));
  }
}

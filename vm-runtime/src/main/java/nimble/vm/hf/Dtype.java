package nimble.vm.hf;

import java.util.List;
import java.util.stream.Collectors;
import nimble.codec.Malformed;

/// How numbers lie in a safetensors file; all little-endian.
public enum Dtype {
  F32(Float.BYTES),
  F16(Short.BYTES),
  BF16(Short.BYTES),
  /// Of masks, which are passed over.
  BOOL(Byte.BYTES),
  U8(Byte.BYTES);

  /// Whose numbers are read and written.
  public static final List<Dtype> OF_WEIGHTS = List.of(F32, F16, BF16);

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
    throw unread(where, word);
  }

  IllegalStateException noWeight() {
    return new IllegalStateException(this + " is no weight's");
  }

  static Malformed unread(String where, String word) {
    String known = OF_WEIGHTS.stream().map(Dtype::name).collect(Collectors.joining(", "));
    return new Malformed(
        "%s: numbers of type %s cannot be read: save the model with one of %s"
            .formatted(where, word, known));
  }
}

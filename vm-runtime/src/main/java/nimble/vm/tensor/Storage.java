package nimble.vm.tensor;

import java.util.Arrays;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;

/// How the numbers of a tensor are written down.
public enum Storage {
  FP32(1, "fp32"),
  /// The upper half of fp32.
  BF16(2, "bf16"),
  /// Four bits a number and a scale a block ([Nf4]).
  NF4(3, "nf4");

  private final int tag;
  private final String word;

  Storage(int tag, String word) {
    this.tag = tag;
    this.word = word;
  }

  /// Bytes of a number, where each number stands for itself.
  public int bytes() {
    return switch (this) {
      case FP32 -> Float.BYTES;
      case BF16 -> Short.BYTES;
      case NF4 -> throw new IllegalStateException("numbers in blocks");
    };
  }

  /// Its byte in the canonical encoding.
  public int tag() {
    return tag;
  }

  public static Storage read(Reader reader) throws Malformed {
    int tag = reader.u8();
    for (Storage storage : values()) {
      if (storage.tag == tag) {
        return storage;
      }
    }
    throw new Malformed("storage tag %d".formatted(tag));
  }

  /// By the word that people write.
  public static Optional<Storage> ofWord(String word) {
    return Arrays.stream(values()).filter(storage -> storage.word.equals(word)).findFirst();
  }

  /// As people write it.
  @Override
  public String toString() {
    return word;
  }
}

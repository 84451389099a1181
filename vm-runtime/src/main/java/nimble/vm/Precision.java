package nimble.vm;

import java.util.Locale;
import java.util.Optional;

/// In what the matrix products of linear layers are computed; weights, and everything else, are
/// fp32. The tag is its byte in the canonical encoding.
public enum Precision {
  FP32(1),
  /// Operands rounded to bfloat16, sums in fp32, the result rounded to bfloat16.
  BF16(2);

  final int tag;

  Precision(int tag) {
    this.tag = tag;
  }

  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Precision> ofTag(int tag) {
    for (Precision precision : values()) {
      if (precision.tag == tag) {
        return Optional.of(precision);
      }
    }
    return Optional.empty();
  }
}

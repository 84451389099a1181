package nimble.vm;

import java.util.Locale;
import nimble.codec.Malformed;
import nimble.codec.Reader;

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

  /// The nearest number that an operand can be; of two the even one.
  public float rounded(float x) {
    if (this == FP32 || Float.isNaN(x)) {
      return x;
    }
    int bits = Float.floatToRawIntBits(x);
    int nearest = bits + 0x7fff + ((bits >>> Short.SIZE) & 1);
    return Float.intBitsToFloat(nearest & 0xffff_0000);
  }

  static Precision read(Reader reader) throws Malformed {
    int tag = reader.u8();
    for (Precision precision : values()) {
      if (precision.tag == tag) {
        return precision;
      }
    }
    throw new Malformed("precision tag %d".formatted(tag));
  }
}

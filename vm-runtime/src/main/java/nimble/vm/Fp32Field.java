package nimble.vm;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A number in a spec, as the bits of fp32. Bounds refuse NaN; −0 would be a second encoding of 0.
final class Fp32Field {
  private Fp32Field() {}

  static void write(float value, Writer writer) {
    writer.u32(Float.floatToRawIntBits(value) & 0xffff_ffffL);
  }

  static float read(Reader reader) throws Malformed {
    float value = Float.intBitsToFloat((int) reader.u32());
    if (Float.floatToRawIntBits(value) == Float.floatToRawIntBits(-0f)) {
      throw new Malformed("a negative zero");
    }
    return value;
  }
}

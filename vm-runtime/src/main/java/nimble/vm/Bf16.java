package nimble.vm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// The upper half of fp32, rounded half to even; little-endian.
public record Bf16() implements GradientCodec {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BLOCK = 2048;
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;
  private static final int EXPONENT = 0x7f80;
  private static final int NAN = 0x7fc0;

  @Override
  public int tag() {
    return 1;
  }

  @Override
  public String name() {
    return "bf16";
  }

  @Override
  public int size(int count) {
    return Math.multiplyExact(count, Short.BYTES);
  }

  @Override
  public Bytes encode(Floats gradient) {
    byte[] encoded = new byte[size(gradient.count())];
    MemorySegment target = MemorySegment.ofArray(encoded);
    float[] from = new float[BLOCK];
    short[] to = new short[BLOCK];
    for (int at = 0; at < gradient.count(); at += BLOCK) {
      int length = Math.min(BLOCK, gradient.count() - at);
      gradient.get(at, from, length);
      for (int i = 0; i < length; i++) {
        to[i] = (short) round(Float.floatToRawIntBits(from[i]));
      }
      MemorySegment.copy(to, 0, target, SHORT, (long) at * Short.BYTES, length);
    }
    return Bytes.wrap(encoded);
  }

  @Override
  public void decode(Bytes encoded, Floats target) throws Malformed {
    checkSize(encoded, target.count());
    ShortBuffer source = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    short[] from = new short[BLOCK];
    float[] to = new float[BLOCK];
    for (int at = 0; at < target.count(); at += BLOCK) {
      int length = Math.min(BLOCK, target.count() - at);
      source.get(from, 0, length);
      for (int i = 0; i < length; i++) {
        to[i] = Float.intBitsToFloat(flushed(from[i]) << Short.SIZE);
      }
      target.put(at, to, length);
    }
  }

  private static int round(int bits) {
    int rounded = (bits + 0x7fff + ((bits >>> Short.SIZE) & 1)) >>> Short.SIZE;
    return (bits & MAGNITUDE) > INFINITY ? NAN : flushed(rounded);
  }

  private static int flushed(int half) {
    return (half & EXPONENT) == 0 ? 0 : half;
  }
}

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
    int[] block = new int[BLOCK];
    short[] halves = new short[BLOCK];
    for (int at = 0; at < gradient.count(); at += BLOCK) {
      int length = Math.min(BLOCK, gradient.count() - at);
      gradient.getBits(at, block, length);
      round(block, length);
      narrow(block, halves, length);
      MemorySegment.copy(halves, 0, target, SHORT, (long) at * Short.BYTES, length);
    }
    return Bytes.wrap(encoded);
  }

  @Override
  public void decode(Bytes encoded, Floats target) throws Malformed {
    checkSize(encoded, target.count());
    ShortBuffer source = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    short[] halves = new short[BLOCK];
    int[] block = new int[BLOCK];
    for (int at = 0; at < target.count(); at += BLOCK) {
      int length = Math.min(BLOCK, target.count() - at);
      source.get(halves, 0, length);
      widen(halves, block, length);
      flush(block, length);
      target.putBits(at, block, length);
    }
  }

  // One thing a loop and no branches: then the compiler makes vector instructions of each.

  private static void round(int[] block, int length) {
    for (int i = 0; i < length; i++) {
      int bits = block[i];
      int rounded = flushed((bits + 0x7fff + ((bits >>> Short.SIZE) & 1)) >>> Short.SIZE);
      int isNan = (INFINITY - (bits & MAGNITUDE)) >> 31;
      block[i] = (rounded & ~isNan) | (NAN & isNan);
    }
  }

  private static void flush(int[] block, int length) {
    for (int i = 0; i < length; i++) {
      block[i] = flushed(block[i]) << Short.SIZE;
    }
  }

  private static void narrow(int[] from, short[] to, int length) {
    for (int i = 0; i < length; i++) {
      to[i] = (short) from[i];
    }
  }

  private static void widen(short[] from, int[] to, int length) {
    for (int i = 0; i < length; i++) {
      to[i] = from[i];
    }
  }

  private static int flushed(int half) {
    int isSmall = ((half & EXPONENT) - 1) >> 31;
    return half & ~isSmall;
  }
}

package nimble.vm.gradient;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.tensor.Floats;

/// The upper half of fp32, rounded half to even; little-endian.
public record Bf16() implements GradientCodec {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BLOCK = 2048;
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;
  private static final int EXPONENT = 0x7f80;
  private static final int NAN = 0x7fc0;
  private static final int HALF = 1 << (Short.SIZE - 1);
  private static final float ZERO_END = middle(Float.MIN_NORMAL, -HALF);

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
  public GradientReader reader(Bytes encoded, int count) throws Malformed {
    checkSize(encoded, count);
    ShortBuffer source = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    short[] halves = new short[GradientReader.PIECE];
    int[] bits = new int[GradientReader.PIECE];
    MemorySegment numbers = MemorySegment.ofArray(bits);
    return (at, target, length) -> {
      source.get(at, halves, 0, length);
      widen(halves, bits, length);
      flush(bits, length);
      MemorySegment.copy(numbers, ValueLayout.JAVA_FLOAT, 0, target, 0, length);
    };
  }

  /// To the middles between a number and its neighbours: half of the last place is the first bit
  /// that rounding drops. The smallest number's lower middle bounds zero.
  @Override
  public void intervals(Bytes encoded, Floats low, Floats high) throws Malformed {
    decode(encoded, low);
    float[] block = new float[BLOCK];
    float[] ends = new float[BLOCK];
    for (int at = 0; at < low.count(); at += BLOCK) {
      int length = Math.min(BLOCK, low.count() - at);
      low.get(at, block, length);
      for (int i = 0; i < length; i++) {
        float number = block[i];
        float inner = number == 0 ? -ZERO_END : middle(number, -HALF);
        float outer = number == 0 ? ZERO_END : middle(number, HALF);
        block[i] = Math.min(inner, outer);
        ends[i] = Math.max(inner, outer);
      }
      low.put(at, block, length);
      high.put(at, ends, length);
    }
  }

  private static float middle(float number, int step) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(number) + step);
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

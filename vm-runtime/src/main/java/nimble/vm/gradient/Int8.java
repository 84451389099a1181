package nimble.vm.gradient;

import java.nio.ByteBuffer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.tensor.Floats;

/// Blocks of 64 numbers q · 2ᵉ with |q| ≤ 127: a byte of scale and a byte for each q. e is the
/// least for which the block's largest number rounds (half to even) to at most 127, and at least
/// −126, so that no value is subnormal. The scale byte is e + 127; 0: all zeros; 255: not finite.
public record Int8() implements GradientCodec {
  private static final int BLOCK = 64;
  private static final int LARGEST = 127;
  private static final int BIAS = 127;
  private static final int SCALE_MAX = 122 + BIAS;
  private static final int NOT_FINITE = 255;
  private static final int SUBNORMAL_BITS = 0x007f_ffff;
  private static final int INFINITY = 0x7f80_0000;
  private static final int MANTISSA_SIZE = 23;

  /// Adding and subtracting 1.5 · 2²³ rounds what is below 2²² half to even.
  private static final float ROUNDER = 12_582_912f;

  @Override
  public int tag() {
    return 2;
  }

  @Override
  public String name() {
    return "int8";
  }

  @Override
  public int size(int count) {
    return Math.addExact(count, Math.ceilDiv(count, BLOCK));
  }

  @Override
  public Bytes encode(Floats gradient) {
    byte[] encoded = new byte[size(gradient.count())];
    float[] block = new float[BLOCK];
    int out = 0;
    for (int at = 0; at < gradient.count(); at += BLOCK) {
      int length = Math.min(BLOCK, gradient.count() - at);
      gradient.get(at, block, length);
      encodeBlock(block, length, encoded, out);
      out += 1 + length;
    }
    return Bytes.wrap(encoded);
  }

  @Override
  public void decode(Bytes encoded, Floats target) throws Malformed {
    checkSize(encoded, target.count());
    ByteBuffer in = encoded.asBuffer();
    byte[] from = new byte[BLOCK];
    float[] to = new float[BLOCK];
    for (int at = 0; at < target.count(); at += BLOCK) {
      int length = Math.min(BLOCK, target.count() - at);
      int code = in.get() & 0xff;
      in.get(from, 0, length);
      float scale = scale(code);
      for (int i = 0; i < length; i++) {
        if (from[i] < -LARGEST) {
          throw new Malformed("gradient holds -128");
        }
        to[i] = from[i] * scale + 0f;
      }
      target.put(at, to, length);
    }
  }

  /// Half a step of the block's scale to both sides; a block of zeros holds what is subnormal.
  @Override
  public void intervals(Bytes encoded, Floats low, Floats high) throws Malformed {
    decode(encoded, low);
    ByteBuffer codes = encoded.asBuffer();
    float[] block = new float[BLOCK];
    float[] ends = new float[BLOCK];
    for (int at = 0; at < low.count(); at += BLOCK) {
      int length = Math.min(BLOCK, low.count() - at);
      int code = codes.get(at / BLOCK * (BLOCK + 1)) & 0xff;
      float half = code == 0 ? Float.MIN_NORMAL : scale(code) / 2;
      low.get(at, block, length);
      for (int i = 0; i < length; i++) {
        ends[i] = block[i] + half;
        block[i] -= half;
      }
      low.put(at, block, length);
      high.put(at, ends, length);
    }
  }

  private static void encodeBlock(float[] block, int length, byte[] encoded, int out) {
    int largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(block[i]) & Integer.MAX_VALUE);
    }
    if (largest <= SUBNORMAL_BITS) {
      return;
    }
    if (largest >= INFINITY) {
      encoded[out] = (byte) NOT_FINITE;
      return;
    }
    int exponent = exponent(largest);
    float factor = powerOfTwo(-exponent);
    encoded[out] = (byte) (exponent + BIAS);
    for (int i = 0; i < length; i++) {
      float value = Math.abs(block[i]) < Float.MIN_NORMAL ? 0 : block[i];
      encoded[out + 1 + i] = (byte) (int) (value * factor + ROUNDER - ROUNDER);
    }
  }

  /// Scaled by 2^(k − 6), 1 ≤ largest / 2ᵏ < 2, the largest is in 64..128.
  private static int exponent(int largest) {
    int exponent = (largest >>> MANTISSA_SIZE) - BIAS - 6;
    boolean tooLarge = Float.intBitsToFloat(largest) * powerOfTwo(-exponent) >= LARGEST + 0.5f;
    return Math.max(tooLarge ? exponent + 1 : exponent, Float.MIN_EXPONENT);
  }

  private static float scale(int code) throws Malformed {
    if (code > SCALE_MAX && code != NOT_FINITE) {
      throw new Malformed("gradient scale %d".formatted(code));
    }
    if (code == 0) {
      return 0;
    }
    return code == NOT_FINITE ? Float.NaN : powerOfTwo(code - BIAS);
  }

  /// For exponents of normal numbers; a smaller block than −126 allows ends up at the clamp.
  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((Math.min(exponent, Float.MAX_EXPONENT) + BIAS) << MANTISSA_SIZE);
  }
}

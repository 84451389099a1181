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
  public GradientReader reader(Bytes encoded, int count) throws Malformed {
    checkSize(encoded, count);
    for (int at = 0; at < encoded.size(); at += 1 + BLOCK) {
      checkBlock(encoded, at, Math.min(at + 1 + BLOCK, encoded.size()));
    }
    ByteBuffer bytes = encoded.asBuffer();
    byte[] from = new byte[BLOCK];
    return (at, target, length) -> {
      int end = at + length;
      for (int i = at; i < end; ) {
        int block = i / BLOCK * (1 + BLOCK);
        int within = i % BLOCK;
        int some = Math.min(BLOCK - within, end - i);
        float scale = scale(bytes.get(block) & 0xff);
        bytes.get(block + 1 + within, from, 0, some);
        for (int j = 0; j < some; j++) {
          target[i - at + j] = from[j] * scale + 0f;
        }
        i += some;
      }
    };
  }

  private static void checkBlock(Bytes encoded, int at, int end) throws Malformed {
    int code = encoded.at(at) & 0xff;
    if (code > SCALE_MAX && code != NOT_FINITE) {
      throw new Malformed("gradient scale %d".formatted(code));
    }
    for (int i = at + 1; i < end; i++) {
      if (encoded.at(i) < -LARGEST) {
        throw new Malformed("gradient holds -128");
      }
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

  private static float scale(int code) {
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

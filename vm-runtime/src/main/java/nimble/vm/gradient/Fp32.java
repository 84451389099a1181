package nimble.vm.gradient;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.tensor.Floats;

/// Little-endian fp32 as it is, but for −0, subnormals and the many NaNs.
public record Fp32() implements GradientCodec {
  private static final int BLOCK = 2048;

  @Override
  public int tag() {
    return 3;
  }

  @Override
  public String name() {
    return "fp32";
  }

  @Override
  public int size(int count) {
    return Math.multiplyExact(count, Float.BYTES);
  }

  @Override
  public Bytes encode(Floats gradient) {
    ByteBuffer bytes = ByteBuffer.allocate(size(gradient.count())).order(ByteOrder.LITTLE_ENDIAN);
    float[] block = new float[BLOCK];
    for (int at = 0; at < gradient.count(); at += BLOCK) {
      int length = Math.min(BLOCK, gradient.count() - at);
      gradient.get(at, block, length);
      canonicalize(block, length);
      bytes.asFloatBuffer().put(block, 0, length);
      bytes.position(bytes.position() + length * Float.BYTES);
    }
    return Bytes.wrap(bytes.array());
  }

  @Override
  public GradientReader reader(Bytes encoded, int count) throws Malformed {
    checkSize(encoded, count);
    FloatBuffer source = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    return (at, target, length) -> {
      source.get(at, target, 0, length);
      canonicalize(target, length);
    };
  }

  /// The number itself.
  @Override
  public void intervals(Bytes encoded, Floats low, Floats high) throws Malformed {
    decode(encoded, low);
    decode(encoded, high);
  }

  private static void canonicalize(float[] block, int length) {
    for (int i = 0; i < length; i++) {
      float value = block[i];
      if (Math.abs(value) < Float.MIN_NORMAL) {
        block[i] = 0;
      } else if (Float.isNaN(value)) {
        block[i] = Float.NaN;
      }
    }
  }
}

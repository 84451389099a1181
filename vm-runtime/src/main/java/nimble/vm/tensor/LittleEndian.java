package nimble.vm.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import nimble.codec.Bytes;

/// Tensors as they travel: little-endian, four bytes an element.
public final class LittleEndian {
  private LittleEndian() {}

  public static Bytes ofFloats(float[] numbers) {
    byte[] bytes = new byte[Math.multiplyExact(numbers.length, Float.BYTES)];
    ordered(bytes).asFloatBuffer().put(numbers);
    return Bytes.wrap(bytes);
  }

  public static Bytes ofInts(int[] ids) {
    byte[] bytes = new byte[Math.multiplyExact(ids.length, Integer.BYTES)];
    ordered(bytes).asIntBuffer().put(ids);
    return Bytes.wrap(bytes);
  }

  public static float[] floats(Bytes bytes) {
    float[] numbers = new float[bytes.size() / Float.BYTES];
    bytes.asBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
    return numbers;
  }

  public static int[] ints(Bytes bytes) {
    int[] ids = new int[bytes.size() / Integer.BYTES];
    bytes.asBuffer().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ids);
    return ids;
  }

  private static ByteBuffer ordered(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

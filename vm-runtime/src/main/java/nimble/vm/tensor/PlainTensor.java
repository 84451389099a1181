package nimble.vm.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import nimble.check.Invariant;

/// Each number by itself, little-endian: fp32, or bf16 rounded half to even.
public final class PlainTensor implements FrozenTensor {
  private static final int RUN = 4096;

  private final int count;
  private final Storage storage;
  private final Octets memory;
  private int filled;

  public PlainTensor(int count, Storage storage) {
    this.count = count;
    this.storage = storage;
    memory = new Octets(Math.multiplyExact(count, storage.bytes()));
  }

  @Override
  public int count() {
    return count;
  }

  public Storage storage() {
    return storage;
  }

  /// For a library.
  public ByteBuffer view() {
    return memory.view();
  }

  @Override
  public void put(float[] numbers, int length) {
    Invariant.check(length <= count - filled, "%d more than %d", filled + length, count);
    byte[] bytes = new byte[length * storage.bytes()];
    ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < length; i++) {
      int bits = Float.floatToRawIntBits(numbers[i]);
      if (storage == Storage.FP32) {
        target.putInt(bits);
      } else {
        target.putShort(upper(bits));
      }
    }
    memory.put(filled * storage.bytes(), bytes, bytes.length);
    filled += length;
  }

  @Override
  public float[] values() {
    float[] values = new float[count];
    byte[] bytes = new byte[RUN * storage.bytes()];
    ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < count; at += RUN) {
      int length = Math.min(RUN, count - at);
      memory.get(at * storage.bytes(), bytes, length * storage.bytes());
      for (int i = 0; i < length; i++) {
        values[at + i] = number(source, i, storage);
      }
    }
    return values;
  }

  /// Number `index` of little-endian bytes.
  public static float number(ByteBuffer source, int index, Storage storage) {
    return storage == Storage.FP32
        ? source.getFloat(index * Float.BYTES)
        : Float.intBitsToFloat(source.getShort(index * Short.BYTES) << Short.SIZE);
  }

  /// NaN stays one.
  private static short upper(int bits) {
    boolean nan = Float.isNaN(Float.intBitsToFloat(bits));
    int rounded = nan ? bits | 1 << 22 : bits + 0x7fff + (bits >>> Short.SIZE & 1);
    return (short) (rounded >>> Short.SIZE);
  }

  @Override
  public void close() {
    memory.close();
  }
}

package nimble.vm.hf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A run of numbers in memory or in a mapped file, little-endian, read as fp32; every F16 and BF16
/// number is one of those too.
record Numbers(Dtype dtype, MemorySegment memory) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BLOCK = 4096;
  private static final int TILE = 64;

  /// Takes numbers in runs, from front to back.
  @FunctionalInterface
  interface Sink {
    void take(long at, float[] numbers, int length);
  }

  static Numbers fp32(MemorySegment memory) {
    return new Numbers(Dtype.F32, memory);
  }

  long count() {
    return memory.byteSize() / dtype.bytes();
  }

  /// `count` of them from `at` on.
  Numbers slice(long at, long count) {
    return new Numbers(dtype, memory.asSlice(at * dtype.bytes(), count * dtype.bytes()));
  }

  /// `length` numbers from `at` on into the front of `into`.
  void get(long at, float[] into, int length) {
    switch (dtype) {
      case F32 -> MemorySegment.copy(memory, FLOAT, at * Float.BYTES, into, 0, length);
      case F16 -> {
        for (int i = 0; i < length; i++) {
          into[i] = Float.float16ToFloat(memory.get(SHORT, (at + i) * Short.BYTES));
        }
      }
      case BF16 -> {
        for (int i = 0; i < length; i++) {
          int upper = memory.get(SHORT, (at + i) * Short.BYTES) << Short.SIZE;
          into[i] = Float.intBitsToFloat(upper);
        }
      }
      case BOOL, U8 -> throw dtype.noWeight();
    }
  }

  /// All of them to the front of `target`, which is fp32.
  void copyTo(MemorySegment target) {
    if (dtype == Dtype.F32) {
      MemorySegment.copy(memory, 0, target, 0, memory.byteSize());
    } else {
      each((at, numbers, length) ->
          MemorySegment.copy(numbers, 0, target, FLOAT, at * Float.BYTES, length));
    }
  }

  /// The transposed of these `rows` × `columns` to the front of `target`, which is fp32.
  void transposeTo(int rows, int columns, MemorySegment target) {
    transposed(
        rows,
        columns,
        (at, numbers, length) ->
            MemorySegment.copy(numbers, 0, target, FLOAT, at * Float.BYTES, length));
  }

  void each(Sink sink) {
    float[] block = new float[BLOCK];
    for (long at = 0; at < count(); at += BLOCK) {
      int length = (int) Math.min(BLOCK, count() - at);
      get(at, block, length);
      sink.take(at, block, length);
    }
  }

  /// The transposed of these `rows` × `columns`, row by row.
  void transposed(int rows, int columns, Sink sink) {
    float[] part = new float[TILE];
    for (int column = 0; column < columns; column += TILE) {
      int width = Math.min(TILE, columns - column);
      float[] tile = new float[width * rows];
      for (int row = 0; row < rows; row++) {
        get((long) row * columns + column, part, width);
        for (int i = 0; i < width; i++) {
          tile[i * rows + row] = part[i];
        }
      }
      sink.take((long) column * rows, tile, tile.length);
    }
  }

  /// Whether both are the same to the bit.
  boolean same(Numbers other) {
    return dtype == other.dtype && memory.mismatch(other.memory) < 0;
  }
}

package nimble.vm.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Bytes outside the heap, as [Floats] are; their owner closes them.
final class Octets implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  /// All zeros.
  Octets(int size) {
    memory = NativeMemory.allocate(arena, size);
  }

  int size() {
    return (int) memory.byteSize();
  }

  /// `length` bytes from `at` into the front of `target`.
  void get(int at, byte[] target, int length) {
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, target, 0, length);
  }

  /// The front of `source` to `length` places from `at`.
  void put(int at, byte[] source, int length) {
    MemorySegment.copy(source, 0, memory, ValueLayout.JAVA_BYTE, at, length);
  }

  /// For a library; the memory stays ours.
  ByteBuffer view() {
    return memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    arena.close();
  }
}

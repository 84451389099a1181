package nimble.vm.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import nimble.check.Invariant;
import nimble.codec.Bytes;

/// Numbers in fp32 outside the heap, in the byte order of the wire, so that a tensor library, the
/// optimizer, the codecs and the hashes work on the same memory. Its owner closes it, after
/// everything that was given it; access afterwards fails.
public final class Floats implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final ValueLayout.OfInt BITS = ValueLayout.JAVA_INT;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final int count;
  private long changes;

  private Floats(int count) {
    Invariant.check(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "this machine is not little-endian");
    this.count = count;
    memory = NativeMemory.allocate(arena, (long) count * Float.BYTES);
  }

  /// All zeros.
  public static Floats zeros(int count) {
    return new Floats(count);
  }

  public int count() {
    return count;
  }

  /// How often our own methods have changed something: whoever keeps a copy sees when it is old.
  /// What a library writes through a [#view] does not count.
  public long changes() {
    return changes;
  }

  /// `length` numbers from `at` into the front of `target`.
  public void get(int at, float[] target, int length) {
    MemorySegment.copy(memory, FLOAT, (long) at * Float.BYTES, target, 0, length);
  }

  /// The front of `source` to `length` places from `at`.
  public void put(int at, float[] source, int length) {
    changes++;
    MemorySegment.copy(source, 0, memory, FLOAT, (long) at * Float.BYTES, length);
  }

  /// [#get] as raw bits.
  public void getBits(int at, int[] target, int length) {
    MemorySegment.copy(memory, BITS, (long) at * Float.BYTES, target, 0, length);
  }

  /// [#put] as raw bits.
  public void putBits(int at, int[] source, int length) {
    changes++;
    MemorySegment.copy(source, 0, memory, BITS, (long) at * Float.BYTES, length);
  }

  public float[] toArray(int at, int length) {
    float[] copy = new float[length];
    get(at, copy, length);
    return copy;
  }

  /// Whether each of them is a finite number.
  public boolean finite() {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(memory.getAtIndex(FLOAT, i))) {
        return false;
      }
    }
    return true;
  }

  public void clear() {
    changes++;
    memory.fill((byte) 0);
  }

  /// All numbers of another buffer of the same size.
  public void copyFrom(Floats source) {
    changes++;
    Invariant.check(source.count == count, "%d numbers to %d", source.count, count);
    memory.copyFrom(source.memory);
  }

  /// Adds `factor` times the other buffer's numbers.
  public void add(Floats other, float factor) {
    changes++;
    Invariant.check(other.count == count, "%d numbers to %d", other.count, count);
    for (int i = 0; i < count; i++) {
      float sum = memory.getAtIndex(FLOAT, i) + factor * other.memory.getAtIndex(FLOAT, i);
      memory.setAtIndex(FLOAT, i, sum);
    }
  }

  /// Makes one bit of one number the other.
  public void flip(int at, int bit) {
    changes++;
    memory.setAtIndex(BITS, at, memory.getAtIndex(BITS, at) ^ (1 << bit));
  }

  /// A view in little-endian order, for a library; the memory stays ours.
  public ByteBuffer view(int at, int length) {
    return memory
        .asSlice((long) at * Float.BYTES, (long) length * Float.BYTES)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A copy of `length` numbers from `at` as little-endian bytes.
  public Bytes bytes(int at, int length) {
    return Bytes.copyOf(view(at, length));
  }

  /// Little-endian bytes to the places from `at`.
  public void putBytes(int at, Bytes source) {
    changes++;
    view(at, source.size() / Float.BYTES).put(source.asBuffer());
  }

  /// All of the memory, in little-endian order; it stays ours. Counts as a change: write soon.
  public MemorySegment segment() {
    changes++;
    return memory;
  }

  @Override
  public void close() {
    arena.close();
  }
}

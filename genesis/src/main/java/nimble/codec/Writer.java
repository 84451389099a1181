package nimble.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import nimble.check.Invariant;

/// Writes the canonical encoding (rules E1 to E5). Bounds are checked with `Invariant`: a value
/// that does not fit was built by our own code.
public final class Writer {
  private static final int CAPACITY = 256;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] buffer;
  private int size;

  public Writer() {
    this(CAPACITY);
  }

  private Writer(int capacity) {
    buffer = new byte[capacity];
  }

  /// The encoding that `write` produces.
  public static Bytes encode(Consumer<Writer> write) {
    return encode(CAPACITY, write);
  }

  /// The same, without a copy when it has `capacity` bytes.
  public static Bytes encode(int capacity, Consumer<Writer> write) {
    Writer writer = new Writer(capacity);
    write.accept(writer);
    return writer.toBytes();
  }

  public Writer u8(int value) {
    Invariant.check(value >= 0 && value <= 0xff, "%d is no u8", value);
    room(1)[size++] = (byte) value;
    return this;
  }

  public Writer u16(int value) {
    Invariant.check(value >= 0 && value <= 0xffff, "%d is no u16", value);
    return bigEndian(value, Short.BYTES);
  }

  public Writer u32(long value) {
    Invariant.check(value >= 0 && value <= 0xffff_ffffL, "%d is no u32", value);
    return bigEndian(value, Integer.BYTES);
  }

  /// A quantity: never negative.
  public Writer i64(long value) {
    Invariant.check(value >= 0, "quantity %d is negative", value);
    return u64(value);
  }

  /// A quantity that is mostly small: seven bits a byte, the lowest first (E7).
  public Writer varint(long value) {
    Invariant.check(value >= 0, "quantity %d is negative", value);
    long rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      room(1)[size++] = (byte) (rest | 0x80);
    }
    return u8((int) rest);
  }

  /// Raw bits.
  public Writer u64(long bits) {
    LONG.set(room(Long.BYTES), size, bits);
    size += Long.BYTES;
    return this;
  }

  public Writer bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /// Bytes of a length that both sides know: no prefix.
  public Writer fixed(Bytes value, int length) {
    Invariant.check(value.size() == length, "%d bytes, must be %d", value.size(), length);
    return raw(value);
  }

  /// Bytes as they are: no prefix. For joining encodings.
  public Writer raw(Bytes value) {
    value.copyTo(room(value.size()), size);
    size += value.size();
    return this;
  }

  public Writer bytes(Bytes value, int max) {
    Invariant.check(value.size() <= max, "%d bytes, at most %d", value.size(), max);
    return u32(value.size()).raw(value);
  }

  /// `max` counts bytes of UTF-8.
  public Writer string(String value, int max) {
    return bytes(Bytes.wrap(value.getBytes(StandardCharsets.UTF_8)), max);
  }

  public <T> Writer optional(Optional<T> value, BiConsumer<T, Writer> write) {
    bool(value.isPresent());
    value.ifPresent(present -> write.accept(present, this));
    return this;
  }

  public <T> Writer list(Collection<T> values, int max, BiConsumer<T, Writer> write) {
    Invariant.check(values.size() <= max, "%d items, at most %d", values.size(), max);
    u32(values.size());
    values.forEach(value -> write.accept(value, this));
    return this;
  }

  /// A full buffer is given away: nothing is written to it any more.
  public Bytes toBytes() {
    return Bytes.wrap(size == buffer.length ? buffer : Arrays.copyOf(buffer, size));
  }

  private Writer bigEndian(long bits, int bytes) {
    byte[] to = room(bytes);
    for (int shift = Byte.SIZE * (bytes - 1); shift >= 0; shift -= Byte.SIZE) {
      to[size++] = (byte) (bits >>> shift);
    }
    return this;
  }

  private byte[] room(int more) {
    int needed = Math.addExact(size, more);
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, Math.multiplyExact(buffer.length, 2)));
    }
    return buffer;
  }
}

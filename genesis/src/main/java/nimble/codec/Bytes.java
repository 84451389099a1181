package nimble.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import nimble.check.Invariant;

/// An immutable byte string: compares by content, orders unsigned, so that records can hold it.
public final class Bytes implements Comparable<Bytes>, ByteSource {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] value;
  private int hash;

  private Bytes(byte[] value) {
    this.value = value;
  }

  public static Bytes copyOf(byte[] source) {
    return source.length == 0 ? EMPTY : new Bytes(source.clone());
  }

  /// Takes the array over: the caller must never write to it again.
  public static Bytes wrap(byte[] owned) {
    return owned.length == 0 ? EMPTY : new Bytes(owned);
  }

  /// Copies what remains in `source`, and moves its position to its limit.
  public static Bytes copyOf(ByteBuffer source) {
    byte[] copy = new byte[source.remaining()];
    source.get(copy);
    return wrap(copy);
  }

  public static Bytes ofU64(long bits) {
    return new Writer().u64(bits).toBytes();
  }

  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What these bytes are as UTF-8; what is none becomes the replacement character.
  String text() {
    return new String(value, StandardCharsets.UTF_8);
  }

  /// Lower or upper case, no prefix.
  public static Bytes hex(String digits) throws Malformed {
    try {
      return wrap(HexFormat.of().parseHex(digits));
    } catch (IllegalArgumentException e) {
      throw new Malformed("not hexadecimal: " + e.getMessage());
    }
  }

  public static Bytes concat(Bytes... parts) {
    int size = 0;
    for (Bytes part : parts) {
      size = Math.addExact(size, part.size());
    }
    byte[] joined = new byte[size];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.value, 0, joined, at, part.size());
      at += part.size();
    }
    return wrap(joined);
  }

  public int size() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  @Override
  public long length() {
    return value.length;
  }

  @Override
  public Bytes read(long from, int count) {
    return count == value.length && from == 0
        ? this
        : slice(Math.toIntExact(from), Math.toIntExact(from + count));
  }

  /// These bytes, without a copy.
  @Override
  public Bytes whole() {
    return this;
  }

  public byte at(int index) {
    return value[index];
  }

  /// The eight bytes at `offset`, big-endian.
  public long u64At(int offset) {
    return (long) LONG.get(value, offset);
  }

  public Bytes slice(int from, int to) {
    Invariant.check(
        0 <= from && from <= to && to <= size(), "slice %d..%d of %d bytes", from, to, size());
    return wrap(Arrays.copyOfRange(value, from, to));
  }

  public boolean startsWith(Bytes prefix) {
    return size() >= prefix.size()
        && Arrays.equals(value, 0, prefix.size(), prefix.value, 0, prefix.size());
  }

  /// A copy that the caller owns.
  public byte[] toArray() {
    return value.clone();
  }

  /// A copy of `size` bytes that the caller owns: cut off, or filled up with zeros.
  public byte[] toArray(int size) {
    return Arrays.copyOf(value, size);
  }

  /// A read-only view, without a copy.
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(value).asReadOnlyBuffer();
  }

  /// Hashes these bytes, without a copy.
  public void feed(MessageDigest digest) {
    digest.update(value);
  }

  public void copyTo(byte[] target, int at) {
    System.arraycopy(value, 0, target, at, value.length);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = Arrays.hashCode(value);
      hash = known;
    }
    return known;
  }

  /// Hexadecimal, lower case.
  @Override
  public String toString() {
    return HexFormat.of().formatHex(value);
  }
}

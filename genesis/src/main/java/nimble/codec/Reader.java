package nimble.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Reads the canonical encoding. Every length is bounded before anything is allocated (E3).
public final class Reader {
  /// Reads one value of a type.
  @FunctionalInterface
  public interface Decoder<T> {
    T read(Reader reader) throws Malformed;
  }

  private final Bytes source;
  private int at;

  public Reader(Bytes source) {
    this.source = source;
  }

  /// Decodes the whole of `bytes`; anything left over is malformed (E5).
  public static <T> T decode(Bytes bytes, Decoder<T> decoder) throws Malformed {
    Reader reader = new Reader(bytes);
    T value = decoder.read(reader);
    reader.end();
    return value;
  }

  /// Bytes read so far.
  public int position() {
    return at;
  }

  /// What was read since `position`.
  public Bytes since(int position) {
    return source.slice(position, at);
  }

  public int u8() throws Malformed {
    return (int) bigEndian(1);
  }

  public int u16() throws Malformed {
    return (int) bigEndian(Short.BYTES);
  }

  public long u32() throws Malformed {
    return bigEndian(Integer.BYTES);
  }

  public long i64() throws Malformed {
    long value = u64();
    if (value < 0) {
      throw new Malformed("quantity %d is negative".formatted(value));
    }
    return value;
  }

  /// A quantity within `0..max`, in as few bytes as it takes (E7).
  public long varint(long max) throws Malformed {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
      int next = u8();
      value |= (next & 0x7fL) << shift;
      if (next <= 0x7f) {
        if (next == 0 && shift > 0) {
          throw new Malformed("quantity %d takes fewer bytes".formatted(value));
        }
        if (value > max) {
          throw new Malformed("quantity %d is over %d".formatted(value, max));
        }
        return value;
      }
    }
    throw new Malformed("a quantity of over 63 bits");
  }

  public long u64() throws Malformed {
    need(Long.BYTES);
    long bits = source.u64At(at);
    at += Long.BYTES;
    return bits;
  }

  public boolean bool() throws Malformed {
    int value = u8();
    if (value > 1) {
      throw new Malformed("boolean is %d".formatted(value));
    }
    return value == 1;
  }

  public Bytes fixed(int length) throws Malformed {
    need(length);
    Bytes value = source.slice(at, at + length);
    at += length;
    return value;
  }

  public Bytes bytes(int max) throws Malformed {
    return fixed(length(max));
  }

  public String string(int max) throws Malformed {
    Bytes bytes = bytes(max);
    String text = bytes.text();
    if (!Bytes.utf8(text).equals(bytes)) {
      throw new Malformed("text is not UTF-8");
    }
    return text;
  }

  public <T> Optional<T> optional(Decoder<T> decoder) throws Malformed {
    return bool() ? Optional.of(decoder.read(this)) : Optional.empty();
  }

  /// An item takes at least one byte, so a claimed length beyond the input fails before allocation.
  public <T> List<T> list(int max, Decoder<T> decoder) throws Malformed {
    int length = length(max);
    if (length > remaining()) {
      throw new Malformed("%d items in %d bytes".formatted(length, remaining()));
    }
    List<T> values = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      values.add(decoder.read(this));
    }
    return Collections.unmodifiableList(values);
  }

  /// A length prefix within `0..max`.
  public int length(int max) throws Malformed {
    long length = u32();
    if (length > max) {
      throw new Malformed("length %d is over %d".formatted(length, max));
    }
    return (int) length;
  }

  /// A version byte that must be `known`.
  public void version(int known) throws Malformed {
    int version = u8();
    if (version != known) {
      throw new Malformed("version %d, this node knows %d".formatted(version, known));
    }
  }

  public int remaining() {
    return source.size() - at;
  }

  public void end() throws Malformed {
    if (remaining() > 0) {
      throw new Malformed("%d bytes left over".formatted(remaining()));
    }
  }

  private void need(int count) throws Malformed {
    if (remaining() < count) {
      throw new Malformed("needs %d bytes, has %d".formatted(count, remaining()));
    }
  }

  private long bigEndian(int count) throws Malformed {
    need(count);
    long bits = 0;
    for (int end = at + count; at < end; at++) {
      bits = bits << Byte.SIZE | (source.at(at) & 0xff);
    }
    return bits;
  }
}

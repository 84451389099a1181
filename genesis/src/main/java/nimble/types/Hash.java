package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A SHA-256 digest.
public record Hash(Bytes bytes) implements Comparable<Hash> {
  public static final int SIZE = 32;
  public static final Hash ZERO = new Hash(Bytes.wrap(new byte[SIZE]));

  public Hash {
    Invariant.check(bytes.size() == SIZE, "%d bytes, must be %d", bytes.size(), SIZE);
  }

  public void write(Writer writer) {
    writer.fixed(bytes, SIZE);
  }

  public static Hash read(Reader reader) throws Malformed {
    return new Hash(reader.fixed(SIZE));
  }

  @Override
  public int compareTo(Hash other) {
    return bytes.compareTo(other.bytes);
  }

  /// Hexadecimal.
  @Override
  public String toString() {
    return bytes.toString();
  }
}

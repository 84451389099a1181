package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// An Ed25519 signature.
public record Signature(Bytes bytes) implements Comparable<Signature> {
  public static final int SIZE = 64;

  public Signature {
    Invariant.check(bytes.size() == SIZE, "%d bytes, must be %d", bytes.size(), SIZE);
  }

  public void write(Writer writer) {
    writer.fixed(bytes, SIZE);
  }

  public static Signature read(Reader reader) throws Malformed {
    return new Signature(reader.fixed(SIZE));
  }

  @Override
  public int compareTo(Signature other) {
    return bytes.compareTo(other.bytes);
  }

  /// Hexadecimal.
  @Override
  public String toString() {
    return bytes.toString();
  }
}

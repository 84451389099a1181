package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// An Ed25519 public key: of an account, or of a node (its hot key is its identity).
public record PublicKey(Bytes bytes) implements Comparable<PublicKey> {
  public static final int SIZE = 32;

  public PublicKey {
    Invariant.check(bytes.size() == SIZE, "%d bytes, must be %d", bytes.size(), SIZE);
  }

  public void write(Writer writer) {
    writer.fixed(bytes, SIZE);
  }

  public static PublicKey read(Reader reader) throws Malformed {
    return new PublicKey(reader.fixed(SIZE));
  }

  @Override
  public int compareTo(PublicKey other) {
    return bytes.compareTo(other.bytes);
  }

  /// Hexadecimal.
  @Override
  public String toString() {
    return bytes.toString();
  }
}

package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A BLS12-381 public key, compressed, in G1 (min-pk).
public record VoteKey(Bytes bytes) implements Comparable<VoteKey> {
  public static final int SIZE = 48;

  public VoteKey {
    Invariant.check(bytes.size() == SIZE, "%d bytes, must be %d", bytes.size(), SIZE);
  }

  public void write(Writer writer) {
    writer.fixed(bytes, SIZE);
  }

  public static VoteKey read(Reader reader) throws Malformed {
    return new VoteKey(reader.fixed(SIZE));
  }

  @Override
  public int compareTo(VoteKey other) {
    return bytes.compareTo(other.bytes);
  }

  /// Hexadecimal.
  @Override
  public String toString() {
    return bytes.toString();
  }
}

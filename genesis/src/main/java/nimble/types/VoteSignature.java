package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A BLS12-381 signature or aggregate, compressed, in G2.
public record VoteSignature(Bytes bytes) implements Comparable<VoteSignature> {
  public static final int SIZE = 96;

  public VoteSignature {
    Invariant.check(bytes.size() == SIZE, "%d bytes, must be %d", bytes.size(), SIZE);
  }

  public void write(Writer writer) {
    writer.fixed(bytes, SIZE);
  }

  public static VoteSignature read(Reader reader) throws Malformed {
    return new VoteSignature(reader.fixed(SIZE));
  }

  @Override
  public int compareTo(VoteSignature other) {
    return bytes.compareTo(other.bytes);
  }

  /// Hexadecimal.
  @Override
  public String toString() {
    return bytes.toString();
  }
}

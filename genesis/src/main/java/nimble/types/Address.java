package nimble.types;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// An account: the first 20 bytes of SHA-256("nimble/address" ‖ account key). Shown as bech32m.
public record Address(Bytes bytes) implements Comparable<Address> {
  public static final int SIZE = 20;

  public Address {
    Invariant.check(bytes.size() == SIZE, "%d bytes, must be %d", bytes.size(), SIZE);
  }

  public void write(Writer writer) {
    writer.fixed(bytes, SIZE);
  }

  public static Address read(Reader reader) throws Malformed {
    return new Address(reader.fixed(SIZE));
  }

  @Override
  public int compareTo(Address other) {
    return bytes.compareTo(other.bytes);
  }

  /// Hexadecimal.
  @Override
  public String toString() {
    return bytes.toString();
  }
}

package nimble.light;

import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.types.Height;

/// A block that somebody trusts, written `HEIGHT:HASH`; the hash is the digest of its header.
public record Checkpoint(Height height, Hash digest) {
  private static final int DIGITS_MAX = 18;

  public static Checkpoint of(Header header) {
    return new Checkpoint(header.height(), header.digest());
  }

  public static Checkpoint parse(String text) throws Malformed {
    int colon = text.indexOf(':');
    String height = colon < 0 ? "" : text.substring(0, colon);
    String digest = text.substring(colon + 1);
    if (!height.matches("[0-9]{1,%d}".formatted(DIGITS_MAX)) || digest.length() != 2 * Hash.SIZE) {
      throw new Malformed(
          "a trusted block is HEIGHT:HASH with %d hexadecimal digits, was '%s'"
              .formatted(2 * Hash.SIZE, text));
    }
    return new Checkpoint(new Height(Long.parseLong(height)), new Hash(Bytes.hex(digest)));
  }

  public boolean names(Header header) {
    return height.equals(header.height()) && digest.equals(header.digest());
  }

  @Override
  public String toString() {
    return height + ":" + digest;
  }
}

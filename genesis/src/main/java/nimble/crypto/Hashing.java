package nimble.crypto;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// SHA-256 with tags.
public final class Hashing {
  private static final int TAG_MAX = 255;

  /// Never fed: to copy it is cheaper than to look the algorithm up.
  private static final MessageDigest FRESH = lookUp();

  private Hashing() {}

  /// `SHA-256(parts…)`.
  public static Hash sha256(Bytes... parts) {
    return finish(feed(newSha256(), parts));
  }

  /// `H(tag, parts…) = SHA-256(u8 length ‖ tag ‖ parts)`; the tag is ASCII.
  public static Hash of(String tag, Bytes... parts) {
    return finish(feed(tagged(tag), parts));
  }

  private static MessageDigest feed(MessageDigest digest, Bytes... parts) {
    for (Bytes part : parts) {
      part.feed(digest);
    }
    return digest;
  }

  /// `H(tag, content)` for those who keep many hashes in one array: of the `length` bytes at
  /// `from`, to where `to` is in `target`.
  public static void digest(
      String tag, byte[] content, int from, int length, byte[] target, int to) {
    MessageDigest digest = tagged(tag);
    digest.update(content, from, length);
    try {
      digest.digest(target, to, Hash.SIZE);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash at %d".formatted(to), e);
    }
  }

  private static MessageDigest tagged(String tag) {
    byte[] name = tag.getBytes(StandardCharsets.US_ASCII);
    Invariant.check(name.length <= TAG_MAX, "tag of %d bytes", name.length);
    MessageDigest digest = newSha256();
    digest.update((byte) name.length);
    digest.update(name);
    return digest;
  }

  /// A digest to feed piece by piece, for what is too large to hold.
  public static MessageDigest newSha256() {
    try {
      return (MessageDigest) FRESH.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of the platform can be copied", e);
    }
  }

  private static MessageDigest lookUp() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public static Hash finish(MessageDigest digest) {
    return new Hash(Bytes.wrap(digest.digest()));
  }
}

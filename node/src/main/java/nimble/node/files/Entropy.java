package nimble.node.files;

import java.security.SecureRandom;
import nimble.codec.Bytes;

/// What the operating system gives to nobody twice.
public final class Entropy {
  private Entropy() {}

  /// That many bytes which nobody can guess: for a key, a salt, or a first beacon.
  public static Bytes of(int size) {
    byte[] bytes = new byte[size];
    new SecureRandom().nextBytes(bytes);
    return Bytes.wrap(bytes);
  }
}

package nimble.p2p.book;

import nimble.codec.Bytes;
import nimble.crypto.Hashing;

/// Chance that only the owner of the salt can foresee.
final class Draws {
  private final Bytes salt;
  private long drawn;

  /// @param begun differs from one process to the next
  Draws(Bytes salt, long begun) {
    this.salt = Hashing.of("peer-draws", salt, Bytes.ofU64(begun)).bytes();
  }

  /// From 0 to `bound` - 1.
  int below(int bound) {
    long bits = Hashing.of("peer-draw", salt, Bytes.ofU64(drawn++)).bytes().u64At(0);
    return (int) Long.remainderUnsigned(bits, bound);
  }
}

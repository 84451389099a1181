package nimble.state;

import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// The hashes of the state's commitment (R1 to R4).
public final class StateHash {
  public static final int KEY_MAX = 128;
  public static final int VALUE_MAX = 1 << 20;
  public static final int PATH_BITS = Hash.SIZE * Byte.SIZE;

  /// The root of a state without a single key (R2).
  public static final Hash EMPTY = Hashing.of("state/empty");

  private static final String NODE = "state/node";

  private StateHash() {}

  public static Hash path(Bytes key) {
    return Hashing.of("state/key", key);
  }

  public static Hash value(Bytes value) {
    return Hashing.of("state/value", value);
  }

  public static Hash leaf(Hash path, Hash valueHash) {
    return Hashing.of("state/leaf", path.bytes(), valueHash.bytes());
  }

  public static Hash node(Hash left, Hash right) {
    return Hashing.of(NODE, left.bytes(), right.bytes());
  }

  /// The same of two hashes one behind the other at `pair` of `hashes`, to where `to` is in
  /// `target`: for those who keep many in one array.
  public static void node(byte[] hashes, int pair, byte[] target, int to) {
    Hashing.digest(NODE, hashes, pair, 2 * Hash.SIZE, target, to);
  }

  /// Bit `index` of a path, from the most significant one: 0 is left, 1 is right.
  public static int bit(Hash path, int index) {
    return path.bytes().at(index / Byte.SIZE) >> (Byte.SIZE - 1 - index % Byte.SIZE) & 1;
  }

  static int sharedBits(Hash a, Hash b) {
    int shared = 0;
    while (shared < PATH_BITS && bit(a, shared) == bit(b, shared)) {
      shared++;
    }
    return shared;
  }
}

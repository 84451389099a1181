package nimble.node.api;

import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// The seed of an answer whose client gave none (A8). Whoever has the answer can draw it again.
///
/// @param seed 53 bits, which numbers of JSON hold wherever they are read
/// @param height of the block whose beacon it is of
record DrawnSeed(long seed, long height) {
  private static final int LEFT_OUT = Long.SIZE - 53;
  private static final int ID_BYTES = 16;

  /// What an answer is called: of all that was asked, and of a number that no other answer has.
  static String id(boolean chat, Bytes body, long number) {
    Hash asked = Hashing.of("answer-id", body, Bytes.ofU64(number));
    return (chat ? "chatcmpl-" : "cmpl-") + asked.bytes().slice(0, ID_BYTES);
  }

  /// @param id that was given before the block of that beacon was final
  static DrawnSeed of(String id, Hash beacon, long height) {
    Hash drawn = Hashing.of("sampling-seed", Bytes.utf8(id), beacon.bytes());
    return new DrawnSeed(drawn.bytes().u64At(0) >>> LEFT_OUT, height);
  }
}

package nimble.consensus.sim;

import nimble.types.Hash;

/// A block, as far as consensus can tell one from another.
///
/// @param parent digest of the payload it extends
/// @param valid whether honest applications accept it
/// @param height how many payloads lie between it and genesis, and one
/// @param epoch in which it was proposed first
record Payload(
    Hash digest, Hash parent, int author, long epoch, long view, boolean valid, long height) {
  private static final int EPOCH_BLOCKS = 6;

  /// Rule 11.
  boolean isLast() {
    return height % EPOCH_BLOCKS == 0;
  }
}

package nimble.node.chain;

import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.types.Hash;

/// How an epoch began.
///
/// @param last header of the block that ended the epoch before; that of block 0 for epoch 0
/// @param set who validates in it
public record EpochStart(long number, Header last, ValidatorSet set) {
  /// What leaders are drawn with.
  public Hash seed() {
    return last.beacon();
  }
}

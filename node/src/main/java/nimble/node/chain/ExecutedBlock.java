package nimble.node.chain;

import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.ledger.Execution.Executed;
import nimble.storage.Change;
import nimble.types.Hash;

/// A block that is not final yet, and what it does to its parent's state.
///
/// @param nextSet who validates in the next epoch, if the block ends this one
record ExecutedBlock(
    Block block, Hash digest, Executed execution, Change change, Optional<ValidatorSet> nextSet) {
  Header header() {
    return block.header();
  }

  Hash parent() {
    return block.header().parent();
  }

  long height() {
    return block.header().height().value();
  }
}

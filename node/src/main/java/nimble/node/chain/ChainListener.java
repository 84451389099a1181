package nimble.node.chain;

import nimble.chain.Block;

/// Told of every finalized block, in order, on the replica's thread: it must not block.
@FunctionalInterface
public interface ChainListener {
  void finalized(Block block);
}

package nimble.node.chain;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import nimble.chain.Block;
import nimble.types.Hash;

/// Blocks that arrived and are not final yet, by digest; the oldest go first when there are too
/// many.
final class Payloads {
  static final int BLOCKS_MAX = 128;

  private final SequencedMap<Hash, Block> blocks = new LinkedHashMap<>();

  void add(Block block) {
    blocks.putLast(block.digest(), block);
    if (blocks.size() > BLOCKS_MAX) {
      blocks.pollFirstEntry();
    }
  }

  Optional<Block> get(Hash digest) {
    return Optional.ofNullable(blocks.get(digest));
  }

  boolean has(Hash digest) {
    return blocks.containsKey(digest);
  }

  /// Whether a block of that view has come.
  boolean hasOf(long view) {
    return blocks.values().stream().anyMatch(block -> block.header().view() == view);
  }

  void pruneTo(long finalizedHeight) {
    blocks.values().removeIf(block -> block.header().height().value() <= finalizedHeight);
  }
}

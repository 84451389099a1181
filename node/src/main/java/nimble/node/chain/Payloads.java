package nimble.node.chain;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import nimble.chain.Block;
import nimble.types.Hash;

/// Blocks that arrived and are not final yet, by digest; the oldest go first when there are too
/// many, or when they are too large together (N11).
final class Payloads {
  static final int BLOCKS_MAX = 128;
  static final long BYTES_MAX = 16L * Block.BYTES_MAX;

  private record Kept(Block block, int bytes) {}

  private final SequencedMap<Hash, Kept> blocks = new LinkedHashMap<>();

  void add(Block block) {
    blocks.putLast(block.digest(), new Kept(block, block.encode().size()));
    while (blocks.size() > BLOCKS_MAX || bytes() > BYTES_MAX) {
      blocks.pollFirstEntry();
    }
  }

  private long bytes() {
    return blocks.values().stream().mapToLong(Kept::bytes).sum();
  }

  Optional<Block> get(Hash digest) {
    return Optional.ofNullable(blocks.get(digest)).map(Kept::block);
  }

  boolean has(Hash digest) {
    return blocks.containsKey(digest);
  }

  /// Whether a block of that view has come.
  boolean hasOf(long view) {
    return blocks.values().stream().anyMatch(kept -> kept.block().header().view() == view);
  }

  /// Views begin again with each epoch.
  void dropBefore(long epoch) {
    blocks.values().removeIf(kept -> kept.block().header().epoch() < epoch);
  }

  void pruneTo(long finalizedHeight) {
    blocks.values().removeIf(kept -> kept.block().header().height().value() <= finalizedHeight);
  }
}

package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.ledger.StateView;
import nimble.storage.Batch;
import nimble.storage.Family;
import nimble.storage.rocks.RocksDatabase;
import nimble.storage.rocks.RocksMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FinalizedChainTest {
  private static final Bytes FIRST = Bytes.ofU64(1);
  private static final Bytes SECOND = Bytes.ofU64(2);

  @TempDir private Path folder;

  private static void commit(RocksDatabase database, long height) {
    Batch batch = new Batch();
    batch.put(Family.META, ChainKeys.TIP, Bytes.ofU64(height));
    batch.put(Family.STATE, FIRST, Bytes.ofU64(height));
    batch.put(Family.STATE, SECOND, Bytes.ofU64(height));
    database.commit(batch);
  }

  /// A block that becomes final between two looks at the state shows in neither.
  @Test
  void n16WhatIsReadAtOnceIsOfOneBlock() {
    try (RocksMemory memory = new RocksMemory(32L << 20, 8L << 20);
        RocksDatabase database = RocksDatabase.open(folder.resolve("db"), memory, 64)) {
      commit(database, 7);
      FinalizedChain chain = new FinalizedChain(database);
      StateView live = chain.liveState();
      chain.still(now -> {
        assertEquals(Optional.of(Bytes.ofU64(7)), now.state().get(FIRST));
        commit(database, 8);
        assertEquals(Optional.of(Bytes.ofU64(8)), live.get(SECOND));
        assertEquals(Optional.of(Bytes.ofU64(7)), now.state().get(SECOND));
        assertEquals(7, now.height());
        assertEquals(Optional.of(Bytes.ofU64(7)), now.read(state -> state.get(SECOND)));
        return now;
      });
      assertEquals(Optional.of(Bytes.ofU64(8)), chain.read(state -> state.get(SECOND)));
    }
  }
}

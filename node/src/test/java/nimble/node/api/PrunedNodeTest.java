package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import nimble.genesis.Parameters;
import nimble.node.Upkeep;
import nimble.node.chain.Reporter;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.RunningNetwork;
import nimble.storage.Retention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node answers that has forgotten old blocks.
final class PrunedNodeTest {
  private static final int KEPT = 4;
  private static final long HEIGHT = 9;

  @TempDir Path folder;

  @Test
  void whatIsNotKeptIsRefusedAndNotWaitedFor() throws Exception {
    Retention newest = new Retention.Pruned(KEPT);
    Devnet devnet = Devnet.fresh(1, 0, Parameters.devnet());
    try (RunningNetwork network =
        RunningNetwork.start(
            devnet, 1, folder, new Upkeep(newest, newest, 0), 0, Reporter.SILENT)) {
      NodeClient client = network.client();
      client.watchBlocks(HEIGHT, _ -> false);
      assertSaysSo(assertThrows(ClientFailure.class, () -> client.block(2)));
      assertSaysSo(assertThrows(ClientFailure.class, () -> client.watchBlocks(2, _ -> true)));
      long newer = client.status().getFinalizedHeight() + 1;
      client.watchBlocks(newer, block -> block.getHeight() < newer + 1);
    }
  }

  private static void assertSaysSo(ClientFailure failure) {
    assertEquals(ClientFailure.Kind.INVALID, failure.kind());
    String words = String.valueOf(failure.getMessage());
    assertTrue(words.matches(".*block 2 is not kept here, the oldest is [1-9].*"), words);
  }
}

package nimble.node.devnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import nimble.genesis.Parameters;
import nimble.node.chain.Reporter;
import nimble.vm.djl.Numeric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes as child processes.
final class IsolatedNetworkTest {
  private static final String NIMBLE = "nimble.node.cli.NimbleMain";

  private static final SortedMap<String, Numeric> NONE = Collections.emptySortedMap();

  @TempDir Path home;

  @Test
  void processesStartFindEachOtherAndEndWithTheNetwork() throws Exception {
    List<ProcessHandle> nodes;
    try (IsolatedNetwork network =
        IsolatedNetwork.start(
            Devnet.fresh(1, 1, Parameters.devnet()), home, 0, NIMBLE, NONE, Reporter.SILENT)) {
      nodes = network.pids().stream().map(ProcessHandle::of).map(Optional::orElseThrow).toList();
      assertEquals(2, nodes.size());
      assertTrue(nodes.stream().allMatch(ProcessHandle::isAlive));
      assertEquals(1, network.minerEndpoints().size());
      MinerOffers.put(network);
      assertEquals(1, network.client().offers().getOffersCount());
      assertTrue(network.isConsistent());
      assertEquals(Optional.empty(), network.failure());
    }
    assertTrue(nodes.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void nodeThatDoesNotStartSaysWhy() {
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                IsolatedNetwork.start(
                    Devnet.fresh(1, 1, Parameters.devnet()),
                    home,
                    0,
                    "nimble.node.Nothing",
                    NONE,
                    Reporter.SILENT));
    String words = String.valueOf(failure.getMessage());
    assertTrue(words.contains("validator0 ended with code 1"), words);
    assertFalse(ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive));
  }
}

package nimble.node.devnet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.blob.Blob;
import nimble.chain.JobCall.JobSubmit;
import nimble.genesis.Parameters;
import nimble.node.chain.Reporter;
import nimble.node.client.NodeClient;
import nimble.training.spec.JobSpec;
import nimble.types.Span;
import nimble.vm.djl.Numeric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes as child processes.
final class IsolatedNetworkTest {
  private static final String NIMBLE = "nimble.node.cli.NimbleMain";

  private static final SortedMap<String, Numeric> NONE = Collections.emptySortedMap();

  /// All others compute portably.
  private static final SortedMap<String, Numeric> MIXED =
      new TreeMap<>(Map.of("validator0", new Numeric(Numeric.Cap.allowed().getLast(), 1)));

  @TempDir Path home;

  /// A node that computes in another class shows another class on chain.
  @Test
  void processesStartFindEachOtherAndEndWithTheNetwork() throws Exception {
    List<ProcessHandle> nodes;
    try (IsolatedNetwork network =
        IsolatedNetwork.start(patient(), home, 0, NIMBLE, MIXED, Reporter.SILENT)) {
      nodes = network.pids().stream().map(ProcessHandle::of).map(Optional::orElseThrow).toList();
      assertEquals(2, nodes.size());
      assertTrue(nodes.stream().allMatch(ProcessHandle::isAlive));
      assertEquals(1, network.minerEndpoints().size());
      MinerOffers.put(network);
      assertEquals(1, network.client().offers().getOffersCount());
      List<SortedSet<String>> classes = classes(network);
      boolean alike = Numeric.Cap.allowed().getLast() == Numeric.Cap.DEFAULT;
      List<SortedSet<String>> apart = List.of(of("miner0"), of("validator0"));
      assertEquals(alike ? List.of(of("miner0", "validator0")) : apart, classes);
      assertTrue(network.isConsistent());
      assertEquals(Optional.empty(), network.failure());
    }
    assertTrue(nodes.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static SortedSet<String> of(String... names) {
    return new TreeSet<>(List.of(names));
  }

  /// However busy the machine is, nobody is late.
  private static Devnet patient() {
    Parameters devnet = Parameters.devnet();
    Span ample = new Span(300_000, 1_000);
    return Devnet.fresh(1, 1, devnet.with(devnet.training().with(it -> it.accept = ample)));
  }

  /// Who showed the same one of the only stage of a job, as the demo's summary tells it.
  private static List<SortedSet<String>> classes(IsolatedNetwork network) throws Exception {
    NodeClient client = network.client();
    byte[] text = "the quick brown fox jumps over the lazy dog. ".repeat(40).getBytes(US_ASCII);
    Blob data = DemoJob.data(text);
    client.blobs().put(data.manifest(), data.chunks());
    JobSpec spec = DemoJob.spec(data.manifest(), 1, 1).withAnyClass();
    Account developer = new Account(client, network.devnet().developer().account());
    long job = developer.run(new JobSubmit(spec.encode())).getJob();
    List<SortedSet<String>> shown = List.of();
    long height = client.status().getFinalizedHeight();
    while (shown.stream().mapToInt(Set::size).sum() < 2) {
      height++;
      client.watchBlocks(height, _ -> false);
      shown = nodes(DemoSummary.classes(network, JobHistory.of(client, job)));
      assertFalse(client.job(job).getState().equals("EXPIRED"));
    }
    return shown;
  }

  private static List<SortedSet<String>> nodes(JsonNode classes) {
    List<SortedSet<String>> all = new ArrayList<>();
    for (JsonNode one : classes) {
      SortedSet<String> names = new TreeSet<>();
      one.path("nodes").forEach(name -> names.add(name.asText()));
      all.add(names);
    }
    all.sort(Comparator.comparing(names -> names.first()));
    return all;
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

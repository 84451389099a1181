package nimble.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.genesis.Genesis;
import nimble.node.Node;
import nimble.node.Upkeep;
import nimble.node.api.ApiParts;
import nimble.node.api.ApiServer;
import nimble.node.api.ChainFeed;
import nimble.node.chain.Reporter;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.LocalNetwork;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.site.Plant;
import nimble.storage.Retention;
import nimble.storage.file.DataDirectory;
import nimble.vm.reference.ReferenceMachine;

/// All validators of a measured network (B1): says once where their APIs are, then how far they are
/// whenever a line comes in, and ends with its input.
public final class ValidatorsProcess {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /// So few states that the first are forgotten while it warms up: to delete what is stale is part
  /// of the work of a node that has run for long (B5).
  private static final Upkeep UPKEEP =
      new Upkeep(new Retention.Pruned(100), Upkeep.FULL.blocks(), 0);

  private final Path home;
  private final PrintWriter out;
  private final List<ChainFeed> feeds;
  private final List<AtomicLong> finals;

  public ValidatorsProcess(Path home, int validators, PrintWriter out) {
    this.home = home;
    this.out = out;
    this.feeds = IntStream.range(0, validators).mapToObj(_ -> new ChainFeed()).toList();
    this.finals = IntStream.range(0, validators).mapToObj(_ -> new AtomicLong()).toList();
  }

  /// @param seed of the validators' keys
  public void run(Bytes seed, Path genesis, BufferedReader in)
      throws IOException, DataDirectory.Refused, Mistake, InterruptedException, Malformed {
    Bytes bytes = Bytes.wrap(Files.readAllBytes(genesis));
    Devnet devnet = Cast.devnet(seed, finals.size(), Reader.decode(bytes, Genesis::read));
    try (Plant plant = new Plant(CORES, new ReferenceMachine());
        LocalNetwork network = start(devnet, plant)) {
      List<ApiServer> apis = new ArrayList<>();
      for (LocalNetwork.Member member : network.members()) {
        apis.add(api(devnet.genesis(), member, feeds.get(apis.size())));
      }
      ArrayNode ports = Json.array();
      apis.forEach(api -> ports.add(api.port()));
      say(Json.object().set("ports", ports));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("collected")) {
          System.gc();
        }
        say(line.equals("progress") ? progress(network) : disk(network));
      }
      apis.forEach(ApiServer::close);
    }
  }

  private LocalNetwork start(Devnet devnet, Plant plant) throws IOException, DataDirectory.Refused {
    return LocalNetwork.start(
        devnet,
        home,
        plant,
        UPKEEP,
        index ->
            new Node.Listeners(
                Reporter.SILENT,
                block -> {
                  finals.get(index).addAndGet(block.body().transactions().size());
                  feeds.get(index).finalized(block);
                },
                (_, _) -> {}),
        (owner, cause) -> {
          System.err.println("failed: " + owner);
          cause.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
  }

  private static ApiServer api(Genesis genesis, LocalNetwork.Member member, ChainFeed feed)
      throws Mistake {
    return ApiServer.start(
        "127.0.0.1",
        0,
        new ApiParts(
            genesis,
            member.roles(),
            member.node().chain(),
            feed,
            member.node().replica(),
            member.node().gateway(),
            member.node().patrons(),
            member.node().peers(),
            member.node().blobs(),
            member.node().evidence(),
            member.site().blobs(),
            member.node().network(),
            member.site().listens(),
            member.site().disk(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            Reporter.SILENT));
  }

  /// B2.
  private ObjectNode progress(LocalNetwork network) {
    ObjectNode node = Json.object();
    node.put("transfers", finals.stream().mapToLong(AtomicLong::get).min().orElse(0));
    node.put("height", network.members().getFirst().node().chain().height());
    node.put("heapBytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    return node;
  }

  /// Of one validator, on average.
  private ObjectNode disk(LocalNetwork network) {
    long bytes =
        network.members().stream().mapToLong(member -> member.site().disk().chainBytes()).sum();
    return progress(network).put("diskBytes", bytes / finals.size());
  }

  private void say(JsonNode node) {
    out.println(Json.line(node));
    out.flush();
  }
}

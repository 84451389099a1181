package nimble.node.devnet;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nimble.chain.Header;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.Upkeep;
import nimble.node.api.ApiParts;
import nimble.node.api.ApiServer;
import nimble.node.api.ChainFeed;
import nimble.node.chain.ChainListener;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.node.metrics.NodeMeters;
import nimble.node.site.Plant;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.storage.file.DataDirectory;
import nimble.vm.djl.DjlMachine;

/// A local network with the API of its first node, ready for use.
public final class RunningNetwork implements DemoNetwork {
  private final Plant plant;
  private final LocalNetwork network;
  private final ApiServer api;
  private final NodeClient client;
  private final TrainingMeter meter;
  private final ChainWatch watch;
  private final AtomicReference<String> failure;

  private RunningNetwork(
      Plant plant,
      LocalNetwork network,
      ApiServer api,
      NodeClient client,
      TrainingMeter meter,
      ChainWatch watch,
      AtomicReference<String> failure) {
    this.plant = plant;
    this.network = network;
    this.api = api;
    this.client = client;
    this.meter = meter;
    this.watch = watch;
    this.failure = failure;
  }

  /// A devnet of fresh keys under `home`, all of it in this process.
  public static RunningNetwork start(
      int validators, int miners, int threads, Path home, int apiPort, Reporter reporter)
      throws IOException, DataDirectory.Refused, Mistake {
    Devnet devnet = Devnet.fresh(validators, miners, Parameters.devnet());
    return start(devnet, threads, home, apiPort, reporter);
  }

  /// Starts all of `devnet` in this process, its data under `home`.
  ///
  /// @param apiPort of the first node; 0 takes a free one
  public static RunningNetwork start(
      Devnet devnet, int threads, Path home, int apiPort, Reporter reporter)
      throws IOException, DataDirectory.Refused, Mistake {
    return start(devnet, threads, home, Upkeep.FULL, apiPort, reporter);
  }

  /// The same, of nodes that keep only so much of the past.
  public static RunningNetwork start(
      Devnet devnet, int threads, Path home, Upkeep upkeep, int apiPort, Reporter reporter)
      throws IOException, DataDirectory.Refused, Mistake {
    ChainFeed feed = new ChainFeed();
    TrainingMeter meter = new TrainingMeter();
    ChainWatch watch = new ChainWatch();
    ChainListener onFirst =
        block -> {
          feed.finalized(block);
          watch.finalized(block);
        };
    AtomicReference<String> failure = new AtomicReference<>("");
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    NodeMeters meters = new NodeMeters(registry, devnet.validators().size(), reporter);
    Plant plant = new Plant(threads, new DjlMachine());
    LocalNetwork network =
        LocalNetwork.start(
            devnet,
            home,
            plant,
            upkeep,
            index ->
                index == 0
                    ? new Node.Listeners(meters, onFirst, meter, meters)
                    : new Node.Listeners(reporter, block -> {}, meter),
            (owner, cause) -> {
              failure.compareAndSet("", owner + ": " + cause);
              reporter.report(Reporter.Level.ERROR, "node_failed", "owner", owner, "cause", cause);
            });
    LocalNetwork.Member first = network.members().getFirst();
    try {
      ApiServer api =
          ApiServer.start(
              "127.0.0.1",
              apiPort,
              new ApiParts(
                  devnet.genesis(),
                  first.roles(),
                  first.node().chain(),
                  feed,
                  first.node().replica(),
                  first.node().gateway(),
                  first.node().patrons(),
                  first.node().peers(),
                  first.node().blobs(),
                  first.node().evidence(),
                  first.site().blobs(),
                  first.node().network(),
                  first.site().listens(),
                  first.site().disk(),
                  registry,
                  reporter));
      return new RunningNetwork(
          plant, network, api, NodeClient.connect(api.host(), api.port()), meter, watch, failure);
    } catch (Mistake e) {
      network.close();
      throw e;
    }
  }

  public LocalNetwork network() {
    return network;
  }

  @Override
  public Devnet devnet() {
    return network.devnet();
  }

  @Override
  public List<String> minerEndpoints() {
    return network.members().stream()
        .filter(member -> member.roles().contains(Role.MINER))
        .map(member -> member.site().address())
        .map(address -> PeerAddress.of(address.host(), address.port()).toString())
        .toList();
  }

  @Override
  public NodeClient client() {
    return client;
  }

  public ApiServer api() {
    return api;
  }

  /// Moves with the first node's chain.
  ChainWatch watch() {
    return watch;
  }

  @Override
  public Pace pace() {
    return meter;
  }

  @Override
  public boolean isConsistent() {
    List<FinalizedChain> chains =
        network.members().subList(0, devnet().validators().size()).stream()
            .map(member -> member.node().chain())
            .toList();
    long common = chains.stream().mapToLong(FinalizedChain::height).min().orElse(0);
    return common > 0
        && chains.stream()
                .map(chain -> chain.header(common).map(Header::stateRoot))
                .distinct()
                .count()
            == 1;
  }

  @Override
  public Optional<String> failure() {
    return Optional.of(failure.get()).filter(words -> !words.isEmpty());
  }

  /// Clients first, then nodes, then what they share.
  @Override
  public void close() throws InterruptedException {
    client.close();
    api.close();
    network.close();
    plant.close();
  }
}

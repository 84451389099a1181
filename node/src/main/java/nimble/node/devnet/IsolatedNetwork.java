package nimble.node.devnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import nimble.codec.Malformed;
import nimble.node.chain.Reporter;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.p2p.PeerAddress;
import nimble.storage.file.DataDirectory;
import nimble.vm.djl.Numeric;

/// A devnet whose nodes are processes of their own, each on a real data directory, as they are when
/// started by hand.
public final class IsolatedNetwork implements DemoNetwork {
  private static final int VALIDATOR_HEAP_MEGABYTES = 256;
  private static final int MINER_HEAP_MEGABYTES = 384;

  /// What the other nodes do where some are told how to compute.
  public static final Numeric PORTABLE = new Numeric(Numeric.Cap.DEFAULT, 1);

  private static final String ANY_PORT = "127.0.0.1:0";

  private final Devnet devnet;
  private final DevnetHome home;
  private final String mainClass;
  private final SortedMap<String, Numeric> numerics;
  private final Reporter reporter;
  private final List<ChildNode> children = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final List<String> minerEndpoints = new ArrayList<>();
  private final List<NodeClient> clients = new ArrayList<>();
  private final ChainPace pace = new ChainPace();
  private final AtomicReference<String> failure = new AtomicReference<>("");

  private IsolatedNetwork(
      Devnet devnet,
      DevnetHome home,
      String mainClass,
      SortedMap<String, Numeric> numerics,
      Reporter reporter) {
    this.numerics = numerics;
    this.devnet = devnet;
    this.home = home;
    this.mainClass = mainClass;
    this.reporter = reporter;
  }

  /// Starts the nodes of `devnet` on directories under `home`.
  ///
  /// @param apiPort of the first node; 0 takes a free one
  /// @param mainClass of `nimble`
  /// @param numerics of nodes whose numeric class is chosen, by name; where there are any, the
  ///   others compute portably
  public static IsolatedNetwork start(
      Devnet devnet,
      Path home,
      int apiPort,
      String mainClass,
      SortedMap<String, Numeric> numerics,
      Reporter reporter)
      throws IOException, DataDirectory.Refused, Mistake, InterruptedException {
    IsolatedNetwork network =
        new IsolatedNetwork(devnet, new DevnetHome(home), mainClass, numerics, reporter);
    try {
      network.home.writeGenesis(devnet);
      network.home.writeWallet("developer", devnet.developer());
      for (int i = 0; i < devnet.validators().size(); i++) {
        network.startValidator(i, i == 0 ? apiPort : 0);
      }
      network.startMiners();
      return network;
    } catch (IOException
        | DataDirectory.Refused
        | Mistake
        | InterruptedException
        | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /// Each is told of those before it, so one after the other.
  private void startValidator(int index, int apiPort)
      throws IOException, DataDirectory.Refused, Mistake, InterruptedException {
    home.writeValidator(devnet, index, Map.of());
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--role", index == 0 ? "validator,gateway" : "validator"));
    arguments.addAll(List.of("--api", "127.0.0.1:" + apiPort));
    devnet.auditorFault(index).ifPresent(it -> arguments.addAll(List.of("--fault", it.toString())));
    JsonNode said =
        start("validator" + index, home.validator(index), VALIDATOR_HEAP_MEGABYTES, arguments)
            .running();
    addresses.add(said.path("listen").asText());
    try {
      PeerAddress api = PeerAddress.parse(said.path("api").asText());
      clients.add(NodeClient.connect(api.host(), api.port()));
    } catch (Malformed e) {
      throw new IOException("validator%d has no API: %s".formatted(index, said), e);
    }
  }

  private void startMiners()
      throws IOException, DataDirectory.Refused, Mistake, InterruptedException {
    List<ChildNode> miners = new ArrayList<>();
    for (int i = 0; i < devnet.miners().size(); i++) {
      home.writeMiner(devnet, i, Map.of());
      List<String> arguments = new ArrayList<>(List.of("--role", "miner"));
      devnet.fault(i).ifPresent(fault -> arguments.addAll(List.of("--fault", fault.toString())));
      miners.add(start("miner" + i, home.miner(i), MINER_HEAP_MEGABYTES, arguments));
    }
    for (ChildNode miner : miners) {
      String address = miner.running().path("listen").asText();
      minerEndpoints.add(address.substring(address.indexOf('@') + 1));
    }
  }

  private ChildNode start(String name, Path directory, int heapMegabytes, List<String> more)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--listen", ANY_PORT, "--tasks", "1"));
    arguments.addAll(numeric(name));
    if (!addresses.isEmpty()) {
      arguments.addAll(List.of("--peer", String.join(",", addresses)));
    }
    arguments.addAll(more);
    ChildNode child =
        ChildNode.start(
            new ChildNode.Order(
                name,
                directory,
                mainClass,
                heapMegabytes,
                System.getProperty("java.class.path", ""),
                List.of(),
                arguments),
            words -> {
              failure.compareAndSet("", words);
              reporter.report(Reporter.Level.ERROR, "node_failed", "node", name, "cause", words);
            });
    children.add(child);
    return child;
  }

  private List<String> numeric(String name) {
    if (numerics.isEmpty()) {
      return List.of();
    }
    Numeric numeric = numerics.getOrDefault(name, PORTABLE);
    return List.of(
        "--numeric",
        numeric.cap().toString(),
        "--threads",
        Integer.toString(numeric.threads()),
        "--device",
        numeric.device().toString());
  }

  @Override
  public Devnet devnet() {
    return devnet;
  }

  @Override
  public NodeClient client() {
    return clients.getFirst();
  }

  @Override
  public List<String> minerEndpoints() {
    return List.copyOf(minerEndpoints);
  }

  @Override
  public Pace pace() {
    return pace;
  }

  @Override
  public boolean isConsistent() throws ClientFailure {
    long common = Long.MAX_VALUE;
    for (NodeClient client : clients) {
      common = Math.min(common, client.status().getFinalizedHeight());
    }
    List<String> roots = new ArrayList<>();
    for (NodeClient client : clients) {
      roots.add(client.block(common).getStateRoot());
    }
    return common > 0 && roots.stream().distinct().count() == 1;
  }

  @Override
  public Optional<String> failure() {
    return Optional.of(failure.get()).filter(words -> !words.isEmpty());
  }

  /// The processes of the nodes, for whoever measures them.
  public List<Long> pids() {
    return children.stream().map(ChildNode::pid).toList();
  }

  /// Miners first: they only follow.
  @Override
  public void close() throws InterruptedException {
    clients.forEach(NodeClient::close);
    int validators = Math.min(addresses.size(), children.size());
    stop(children.subList(validators, children.size()));
    stop(children.subList(0, validators));
  }

  private static void stop(List<ChildNode> nodes) throws InterruptedException {
    nodes.forEach(ChildNode::stop);
    for (ChildNode node : nodes) {
      node.awaitEnd();
    }
  }
}

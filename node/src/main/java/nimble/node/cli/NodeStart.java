package nimble.node.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.Genesis;
import nimble.node.Node;
import nimble.node.chain.Reporter;
import nimble.node.devnet.LogFile;
import nimble.node.files.GenesisFile;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.p2p.Role;
import nimble.storage.file.DataDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "start",
    description = {
      "Starts the node of a data directory and runs it until it is told to stop.",
      "Flags win over NIMBLE_* variables, these over nimble.yaml, that over defaults."
    })
final class NodeStart implements Callable<Integer> {
  private static final int THREADS_MAX = 256;

  @Mixin private final Output output = new Output();
  @Mixin private final HomeOptions home = new HomeOptions();
  @Mixin private final PasswordOptions password = new PasswordOptions();

  @Option(
      names = "--role",
      paramLabel = "ROLE,...",
      description = "validator, miner, gateway; without any the node follows the chain.")
  private Optional<String> roles = Optional.empty();

  @Option(names = "--listen", paramLabel = "HOST:PORT", description = "For other nodes.")
  private Optional<String> listen = Optional.empty();

  @Option(names = "--api", paramLabel = "HOST:PORT", description = "For clients; loopback only.")
  private Optional<String> api = Optional.empty();

  @Option(
      names = "--peer",
      paramLabel = "[KEY@]HOST:PORT,...",
      description = "Nodes to connect to.")
  private Optional<String> peers = Optional.empty();

  @Option(names = "--threads", paramLabel = "N", description = "That train and serve.")
  private Optional<String> threads = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Path path = home.directory(Optional.empty());
    Genesis genesis = GenesisFile.read(path.resolve("genesis.json"));
    NodeConfig config =
        NodeConfig.load(path.resolve("nimble.yaml"), output.surroundings().environment(), flags());
    EnumSet<Role> chosen = roles(config);
    Reporter.Level level = level(config);
    int pool = (int) config.number(Setting.THREADS, 1, THREADS_MAX);
    LocalNode.Place place =
        new LocalNode.Place(
            Endpoint.of(config, Setting.LISTEN),
            Endpoint.of(config, Setting.API),
            Endpoint.peers(config),
            pool);
    try (DataDirectory directory =
            DataDirectory.open(path, genesis.chain().value(), genesis.hash());
        LogFile log = new LogFile(directory.logs().resolve("node.log"), level)) {
      Node.Identity identity = identity(directory, genesis, chosen);
      try (LocalNode node = LocalNode.start(identity, directory, place, log)) {
        output.item(node.json(), node.line());
        output.note("its log is " + directory.logs().resolve("node.log"));
        return node.runUntilStopped() ? ExitCode.DONE : ExitCode.NODE_FAILED;
      }
    }
  }

  private Map<Setting, String> flags() {
    Map<Setting, String> flags = new LinkedHashMap<>();
    roles.ifPresent(it -> flags.put(Setting.ROLES, it));
    listen.ifPresent(it -> flags.put(Setting.LISTEN, it));
    api.ifPresent(it -> flags.put(Setting.API, it));
    peers.ifPresent(it -> flags.put(Setting.PEERS, it));
    threads.ifPresent(it -> flags.put(Setting.THREADS, it));
    return flags;
  }

  private static EnumSet<Role> roles(NodeConfig config) throws Mistake {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : config.list(Setting.ROLES)) {
      switch (name.toLowerCase(Locale.ROOT)) {
        case "validator" -> roles.add(Role.VALIDATOR);
        case "miner" -> roles.add(Role.MINER);
        case "gateway" -> roles.add(Role.GATEWAY);
        default -> throw config.mistake(Setting.ROLES, "a list of validator, miner and gateway");
      }
    }
    return roles;
  }

  private static Reporter.Level level(NodeConfig config) throws Mistake {
    for (Reporter.Level level : Reporter.Level.values()) {
      if (level.name().equalsIgnoreCase(config.text(Setting.LOG))) {
        return level;
      }
    }
    throw config.mistake(Setting.LOG, "debug, info, warn or error");
  }

  /// Opens the keys that the roles need, and refuses a role that they do not fit.
  private Node.Identity identity(DataDirectory directory, Genesis genesis, EnumSet<Role> chosen)
      throws Mistake, IOException {
    String secret = password.existing("the node's keys");
    SigningKey hot = KeystoreFile.hot(directory.keys().resolve("hot.json"), secret);
    if (!chosen.contains(Role.VALIDATOR)) {
      return new Node.Identity(genesis, hot, Optional.empty(), chosen);
    }
    VoteSigningKey vote = KeystoreFile.vote(directory.keys().resolve("vote.json"), secret);
    List<Genesis.GenesisValidator> known =
        genesis.validators().stream()
            .filter(
                it -> it.hotKey().equals(hot.publicKey()) && it.voteKey().equals(vote.voteKey()))
            .toList();
    if (known.isEmpty()) {
      throw Mistake.of(
          "the keys in %s are no validator's of this network: start without --role validator, or"
              + " run `nimble init` with the --hot-key and --vote-key that genesis names",
          directory.keys());
    }
    return new Node.Identity(genesis, hot, Optional.of(vote), chosen);
  }
}

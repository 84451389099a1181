package nimble.node.cli.miner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.MinerView;
import nimble.api.v1.NodeView;
import nimble.genesis.Genesis;
import nimble.node.cli.console.Output;
import nimble.node.cli.node.NodeRun;
import nimble.node.cli.node.NodeSettings;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.site.NodeDirectory;
import nimble.storage.file.DataDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = {
      "Runs a wallet's node: `nimble node start --role miner` under the wallet's hot key.",
      "What it does not know yet, the network and a first peer, it asks the node at --node."
    })
final class MinerRun implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final NodeSettings settings = new NodeSettings();

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Its data directory; else ~/.nimble/miners/WALLET.")
  private Optional<Path> home = Optional.empty();

  @Option(
      names = "--genesis",
      paramLabel = "FILE",
      description = "The network's genesis, for the first time; else as the node at --node says.")
  private Optional<Path> genesisFile = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Path hotKey = wallet.hotKeyFile();
    Path directory = home.isPresent() ? home.get() : wallet.home().miner(wallet.name());
    String secret = wallet.password().existing("wallet '%s'".formatted(wallet.name()));
    Map<Setting, String> flags = settings.flags();
    flags.put(Setting.ROLES, "miner");
    make(directory);
    NodeConfig config = load(directory, flags);
    if (config.list(Setting.PEERS).isEmpty()) {
      flags.put(Setting.PEERS, askedPeer());
      config = load(directory, flags);
    }
    return new NodeRun(
            directory,
            config,
            hotKey,
            secret,
            settings.stopOnEof(),
            settings.voteAnyway(),
            settings.fault())
        .run(output);
  }

  private void make(Path directory)
      throws Mistake, IOException, ClientFailure, DataDirectory.Refused {
    if (!Files.exists(NodeDirectory.genesis(directory))) {
      NodeDirectory.make(
          directory,
          genesisFile.isPresent() ? GenesisFile.read(genesisFile.get()) : askedGenesis(),
          Map.of(Setting.ROLES, "miner"),
          false);
    }
  }

  private Genesis askedGenesis() throws Mistake, IOException, ClientFailure {
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      output.note("network %s, as the node at %s says".formatted(genesis.chain(), client.node()));
      return genesis;
    }
  }

  /// The node that is asked is the first peer; on the way it tells whether the wallet mines at all.
  private String askedPeer() throws Mistake, IOException, ClientFailure {
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      MinerView miner = client.miner(GenesisFile.form(genesis).show(wallet.address()));
      if (!miner.getHotKey().equals(wallet.hotPublicKey().toString())) {
        output.note(
            "%s is not registered with this hot key and gets no work: see `nbcli miner register`"
                .formatted(miner.getAddress()));
      }
      NodeView first = client.nodeView();
      if (first.getListen().isEmpty()) {
        throw Mistake.of(
            "the node at %s takes no connections: name another with --peer KEY@HOST:PORT",
            client.node());
      }
      return first.getNodeId() + "@" + first.getListen();
    }
  }

  private NodeConfig load(Path directory, Map<Setting, String> flags) throws Mistake, IOException {
    return NodeConfig.load(
        NodeDirectory.config(directory), output.surroundings().environment(), flags);
  }
}

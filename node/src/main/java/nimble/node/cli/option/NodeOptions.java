package nimble.node.cli.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.node.cli.console.Root;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.p2p.PeerAddress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Which node a command speaks to, and on which network that must be.
public final class NodeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7080",
      description = "The node's API (${DEFAULT-VALUE}).")
  private String node = "";

  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "Refuse a node of another network: a chain's name, or a directory in ~/.nimble.")
  private String network = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "For each answer (${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  /// A node of the network that was asked for.
  public NodeClient connect() throws Mistake, IOException, ClientFailure {
    NodeClient client = client();
    try {
      if (!network.isEmpty()) {
        genesis(client);
      }
      return client;
    } catch (Mistake | IOException | ClientFailure | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private NodeClient client() throws Mistake {
    if (timeoutSeconds < 1 || timeoutSeconds > 3_600) {
      throw Mistake.of("--timeout must be between 1 and 3600 seconds, was %d", timeoutSeconds);
    }
    try {
      PeerAddress address = PeerAddress.parse(node);
      return NodeClient.connect(address.host(), address.port(), Duration.ofSeconds(timeoutSeconds));
    } catch (Malformed e) {
      throw Mistake.of("--node: %s", e.reason());
    }
  }

  /// The genesis of the network: from its file, where there is one, else as the node says.
  public Genesis genesis(NodeClient client) throws Mistake, IOException, ClientFailure {
    Genesis said = client.genesis();
    if (network.isEmpty()) {
      return said;
    }
    Path file = Root.surroundingsOf(command).home().genesis(network);
    if (Files.exists(file)) {
      Genesis known = GenesisFile.read(file);
      if (!known.hash().equals(said.hash())) {
        throw Mistake.of(
            "the node at %s has genesis %s, %s has %s: choose another node with --node, or another"
                + " network with --network",
            client.node(), said.hash(), file, known.hash());
      }
      return known;
    }
    if (!said.chain().value().equals(network)) {
      throw Mistake.of(
          "the node at %s is on network %s, not on %s: choose another node with --node",
          client.node(), said.chain(), network);
    }
    return said;
  }

  /// As given; empty for any.
  public String network() {
    return network;
  }
}

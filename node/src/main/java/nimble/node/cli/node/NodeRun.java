package nimble.node.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.Genesis;
import nimble.node.Node;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.FaultOption;
import nimble.node.devnet.LogFile;
import nimble.node.files.GenesisFile;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.site.DiskTrouble;
import nimble.node.site.NodeDirectory;
import nimble.node.work.Patrons;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.storage.file.DataDirectory;
import nimble.training.fault.Fault;

/// Runs the node of a data directory until it is told to stop: what `node start` and `miner run`
/// have in common.
///
/// @param hotKey the node's identity
/// @param secret of its keys
/// @param stopOnEof also stop when standard input ends
/// @param voteAnyway although the log of what was voted for is gone
/// @param fault how its miner deviates
public record NodeRun(
    Path directory,
    NodeConfig config,
    Path hotKey,
    String secret,
    boolean stopOnEof,
    boolean voteAnyway,
    Optional<String> fault) {
  /// Returns when the node has stopped: an exit code.
  public int run(Output output) throws Exception {
    Genesis genesis = GenesisFile.read(NodeDirectory.genesis(directory));
    EnumSet<Role> roles = NodeSettings.roles(config);
    List<PeerAddress> peers = Endpoint.peers(config);
    LocalNode.Place place =
        new LocalNode.Place(
            Endpoint.listen(config),
            NodeSettings.relays(config),
            NodeSettings.api(config, roles),
            NodeSettings.tasks(config),
            NodeSettings.numeric(config),
            Joining.of(config, voteAnyway));
    try (DataDirectory data =
            DataDirectory.open(directory, genesis.chain().value(), genesis.hash());
        LogFile log =
            new LogFile(
                data.logs().resolve("node.log"),
                NodeSettings.level(config),
                NodeSettings.logFormat(config))) {
      Node.Identity identity = identity(genesis, roles, peers);
      try (LocalNode node = LocalNode.start(identity, data, place, log)) {
        output.item(node.json(), node.line());
        output.note("its log is " + data.logs().resolve("node.log"));
        node.uncleanStart().ifPresent(output::note);
        return node.runUntilStopped(
                stopOnEof ? Optional.of(output.surroundings().input()) : Optional.empty())
            .map(failure -> failed(failure, output))
            .orElse(ExitCode.DONE);
      }
    }
  }

  private static int failed(LocalNode.Failure failure, Output output) {
    Optional<String> disk = DiskTrouble.words(failure.cause());
    output.note(
        "error: %s stopped: %s"
            .formatted(failure.owner(), disk.orElse(String.valueOf(failure.cause()))));
    return disk.isPresent() ? ExitCode.DISK_FAILED : ExitCode.NODE_FAILED;
  }

  /// Opens the keys that the roles need, and refuses a role that they do not fit.
  private Node.Identity identity(Genesis genesis, EnumSet<Role> roles, List<PeerAddress> peers)
      throws Mistake, IOException {
    SigningKey hot = KeystoreFile.hot(hotKey, secret);
    Optional<Fault> deviation =
        fault.isPresent() ? Optional.of(FaultOption.of(fault.get(), genesis)) : Optional.empty();
    Optional<VoteSigningKey> vote =
        roles.contains(Role.VALIDATOR)
            ? Optional.of(KeystoreFile.vote(NodeDirectory.voteKey(directory), secret))
            : Optional.empty();
    Patrons patrons = NodeSettings.patrons(config, GenesisFile.form(genesis));
    return new Node.Identity(genesis, hot, vote, roles, peers, deviation, patrons);
  }
}

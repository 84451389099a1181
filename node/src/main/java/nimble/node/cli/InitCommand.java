package nimble.node.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import nimble.crypto.KeyKind;
import nimble.genesis.Genesis;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.SafeFile;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "init",
    description = "Makes the data directory of a node: its genesis, keys and settings.")
final class InitCommand implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final HomeOptions home = new HomeOptions();
  @Mixin private final PasswordOptions password = new PasswordOptions();

  @Option(
      names = "--genesis",
      required = true,
      paramLabel = "FILE",
      description = "The network's genesis, as `nimble genesis create` writes it.")
  private Path genesisFile = Path.of("");

  @Option(
      names = "--hot-key",
      paramLabel = "FILE",
      description = "A key that `nimble keys new` made; else a fresh one.")
  private Optional<Path> hotKey = Optional.empty();

  @Option(
      names = "--vote-key",
      paramLabel = "FILE",
      description = "The same for the key that signs votes.")
  private Optional<Path> voteKey = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Genesis genesis = GenesisFile.read(genesisFile);
    List<String> errors = GenesisFile.errors(genesis);
    if (!errors.isEmpty()) {
      throw Mistake.of("%s: %s", genesisFile, String.join("; ", errors));
    }
    Path directory = home.directory(Optional.of(genesis.chain().value()));
    Path hot = directory.resolve("keys").resolve("hot.json");
    Path vote = directory.resolve("keys").resolve("vote.json");
    boolean asks =
        (hotKey.isEmpty() && !Files.exists(hot)) || (voteKey.isEmpty() && !Files.exists(vote));
    String secret = asks ? password.fresh("the node's keys") : "";
    DataDirectory.create(directory, genesis.chain().value(), genesis.hash());
    fill(directory, genesis);
    NodeKeyFiles.place(hot, KeyKind.HOT, hotKey, secret);
    NodeKeyFiles.place(vote, KeyKind.VOTE, voteKey, secret);
    output.document(
        Json.object()
            .put("directory", directory.toString())
            .put("network", genesis.chain().value())
            .put("genesis", genesis.hash().toString())
            .put("hotKey", KeystoreFile.read(hot).label().toString())
            .put("voteKey", KeystoreFile.read(vote).label().toString()),
        "%s is ready: settings in nimble.yaml, keys in keys/\nstart it with `nimble node start --home %s`"
            .formatted(directory, directory));
    return ExitCode.DONE;
  }

  /// What is there stays: a second run completes what a first one could not.
  private static void fill(Path directory, Genesis genesis) throws Mistake, IOException {
    Path file = directory.resolve("genesis.json");
    if (!Files.exists(file)) {
      SafeFile.create(file, GenesisFile.show(genesis));
    }
    Path config = directory.resolve("nimble.yaml");
    if (!Files.exists(config)) {
      SafeFile.create(config, NodeConfig.template());
    }
    Path votes = directory.resolve("votes");
    try (Stream<Path> segments = Files.list(votes)) {
      // A log that was once there must never be begun anew: its absence is for `node start` to see.
      boolean first =
          segments.findAny().isEmpty() && !Files.exists(directory.resolve("db/CURRENT"));
      if (first) {
        FileVoteLog.create(votes).close();
      }
    }
  }
}

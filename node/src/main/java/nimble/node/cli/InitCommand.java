package nimble.node.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.genesis.Genesis;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
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

  @Override
  public Integer call() throws Exception {
    Genesis genesis = GenesisFile.read(genesisFile);
    List<String> errors = GenesisFile.errors(genesis);
    if (!errors.isEmpty()) {
      throw Mistake.of("%s: %s", genesisFile, String.join("; ", errors));
    }
    Path directory = home.directory(Optional.of(genesis.chain().value()));
    boolean fresh = !Files.exists(directory.resolve("VERSION"));
    String secret = fresh ? password.fresh("the node's keys") : "";
    DataDirectory.create(directory, genesis.chain().value(), genesis.hash());
    fill(directory, genesis, secret);
    output.document(
        Json.object()
            .put("directory", directory.toString())
            .put("network", genesis.chain().value())
            .put("genesis", genesis.hash().toString())
            .put("fresh", fresh),
        fresh
            ? "%s is ready: settings in nimble.yaml, keys in keys/\nstart it with `nimble node start --network %s`"
                .formatted(directory, genesis.chain())
            : "%s was there already and is as it should be".formatted(directory));
    return ExitCode.DONE;
  }

  /// What is there stays: a second run completes what a first one could not.
  private static void fill(Path directory, Genesis genesis, String password)
      throws Mistake, IOException {
    Path file = directory.resolve("genesis.json");
    if (!Files.exists(file)) {
      SafeFile.create(file, GenesisFile.show(genesis));
    }
    Path config = directory.resolve("nimble.yaml");
    if (!Files.exists(config)) {
      SafeFile.create(config, NodeConfig.template());
    }
    Path keys = directory.resolve("keys");
    if (!Files.exists(keys.resolve("hot.json")) && !password.isEmpty()) {
      NodeKeyFiles.create(keys.resolve("hot.json"), keys.resolve("vote.json"), password);
    }
    if (!password.isEmpty()) {
      FileVoteLog.create(directory.resolve("votes")).close();
    }
  }
}

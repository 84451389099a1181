package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.crypto.KeyKind;
import nimble.genesis.Genesis;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.PasswordOptions;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.site.NodeDirectory;
import nimble.p2p.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "init",
    description = "Makes the data directory of a node: its genesis, keys and settings.")
public final class InitCommand implements Callable<Integer> {
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

  @Option(
      names = "--role",
      paramLabel = "ROLE,...",
      description = "Written to nimble.yaml; a node that is to validate gets a vote key.")
  private Optional<String> roles = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Genesis genesis = GenesisFile.read(genesisFile);
    List<String> errors = GenesisFile.errors(genesis);
    if (!errors.isEmpty()) {
      throw Mistake.of("%s: %s", genesisFile, String.join("; ", errors));
    }
    Path directory = home.directory(Optional.of(genesis.chain().value()));
    Path hot = NodeDirectory.hotKey(directory);
    Path vote = NodeDirectory.voteKey(directory);
    Map<Setting, String> chosen = new LinkedHashMap<>();
    roles.ifPresent(it -> chosen.put(Setting.ROLES, it));
    boolean votes = votes(NodeSettings.roles(NodeConfig.of(chosen)));
    boolean asks =
        (hotKey.isEmpty() && !Files.exists(hot))
            || (votes && voteKey.isEmpty() && !Files.exists(vote));
    String secret = asks ? password.fresh("the node's keys") : "";
    NodeDirectory.make(directory, genesis, chosen, votes);
    NodeKeyFiles.place(hot, KeyKind.HOT, hotKey, secret);
    if (votes) {
      NodeKeyFiles.place(vote, KeyKind.VOTE, voteKey, secret);
    }
    ObjectNode json =
        Json.object()
            .put("directory", directory.toString())
            .put("network", genesis.chain().value())
            .put("genesis", genesis.hash().toString())
            .put("hotKey", KeystoreFile.read(hot).label().toString());
    if (votes) {
      json.put("voteKey", KeystoreFile.read(vote).label().toString());
    }
    output.document(
        json,
        "%s is ready: settings in nimble.yaml, keys in keys/\nstart it with `nimble node start --home %s`"
            .formatted(directory, directory));
    return ExitCode.DONE;
  }

  /// Who has not decided yet can still validate.
  private boolean votes(EnumSet<Role> chosen) {
    return chosen.isEmpty() || chosen.contains(Role.VALIDATOR) || voteKey.isPresent();
  }
}

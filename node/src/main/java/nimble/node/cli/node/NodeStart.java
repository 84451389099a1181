package nimble.node.cli.node;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.PasswordOptions;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.site.NodeDirectory;
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
  @Mixin private final Output output = new Output();
  @Mixin private final HomeOptions home = new HomeOptions();
  @Mixin private final PasswordOptions password = new PasswordOptions();
  @Mixin private final NodeSettings settings = new NodeSettings();

  @Option(
      names = "--role",
      paramLabel = "ROLE,...",
      description = "validator, miner, gateway; without any the node follows the chain.")
  private Optional<String> roles = Optional.empty();

  @Option(
      names = "--hot-key",
      paramLabel = "FILE",
      description = "The node's identity, instead of keys/hot.json: such as a wallet's hot key.")
  private Optional<Path> hotKey = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Path directory = home.existing();
    Map<Setting, String> flags = settings.flags();
    roles.ifPresent(it -> flags.put(Setting.ROLES, it));
    NodeConfig config =
        NodeConfig.load(
            NodeDirectory.config(directory), output.surroundings().environment(), flags);
    NodeSettings.roles(config);
    return new NodeRun(
            directory,
            config,
            hotKey.orElse(NodeDirectory.hotKey(directory)),
            password.existing("the node's keys"),
            settings.stopOnEof(),
            settings.voteAnyway(),
            settings.fault())
        .run(output);
  }
}

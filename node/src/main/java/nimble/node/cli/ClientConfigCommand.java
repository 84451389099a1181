package nimble.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Surroundings;
import nimble.node.cli.console.Table;
import nimble.node.files.ClientConfig;
import nimble.node.files.ClientSetting;
import nimble.node.files.Json;
import nimble.node.files.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "config",
    description = "What holds for all commands when no flag says otherwise.",
    subcommands = {ClientConfigCommand.Show.class, ClientConfigCommand.Set.class})
final class ClientConfigCommand {

  @Command(
      name = "show",
      description = "Shows each setting, and where it comes from: NIMBLE_*, nbcli.yaml, default.")
  static final class Show implements Callable<Integer> {
    @Mixin private final Output output = new Output();

    @Override
    public Integer call() throws Exception {
      Surroundings around = output.surroundings();
      ClientConfig config = ClientConfig.load(around.home(), around.environment());
      ObjectNode document = Json.object();
      Table table = new Table("SETTING", "VALUE", "FROM");
      for (ClientSetting setting : ClientSetting.ALL) {
        NodeConfig.Value value =
            config.value(setting).orElse(new NodeConfig.Value(setting.otherwise(), "default"));
        document.putObject(setting.key()).put("value", value.text()).put("source", value.source());
        table.row(setting.key(), value.text(), value.source());
      }
      output.document(document, table.show(around));
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "set",
      description =
          "Chooses a value for all commands; without VALUE, what was chosen is forgotten.")
  static final class Set implements Callable<Integer> {
    @Mixin private final Output output = new Output();

    @Parameters(
        index = "0",
        paramLabel = "KEY",
        description = "node, network, timeout, wallet.name or wallet.hotkey.")
    private String key = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", defaultValue = "")
    private String value = "";

    @Override
    public Integer call() throws Exception {
      Surroundings around = output.surroundings();
      ClientConfig config = ClientConfig.load(around.home(), around.environment());
      config.set(key, value);
      output.document(
          Json.object().put("key", key).put("value", value),
          "%s is %s in %s"
              .formatted(key, value.isEmpty() ? "no longer chosen" : value, config.file()));
      return ExitCode.DONE;
    }
  }
}

package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.files.Json;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.site.NodeDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "config",
    description = "The settings of a node.",
    subcommands = ConfigCommand.Show.class)
public final class ConfigCommand {

  @Command(
      name = "show",
      description = {
        "Shows what is in force for a node, and where each value comes from.",
        "Flags win over NIMBLE_* variables, these over nimble.yaml, that over defaults."
      })
  static final class Show implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();
    @Mixin private final NodeSettings settings = new NodeSettings();

    @Override
    public Integer call() throws Exception {
      Path directory = home.existing();
      NodeConfig config =
          NodeConfig.load(
              NodeDirectory.config(directory),
              output.surroundings().environment(),
              settings.flags());
      NodeSettings.check(config);
      ObjectNode document = Json.object();
      Table table = new Table("SETTING", "VALUE", "FROM");
      for (Setting setting : Setting.ALL) {
        NodeConfig.Value value = config.value(setting);
        document.putObject(setting.key()).put("value", value.text()).put("source", value.source());
        table.row(setting.key(), value.text(), value.source());
      }
      output.document(document, table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }
}

package nimble.node.cli;

import java.io.IOException;
import java.util.Optional;
import nimble.node.cli.console.Surroundings;
import nimble.node.files.ClientConfig;
import nimble.node.files.ClientSetting;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Gives options the values that their user has chosen for all commands.
record ClientDefaults(ClientConfig config) implements IDefaultValueProvider {
  static ClientDefaults of(Surroundings around) throws Mistake, IOException {
    return new ClientDefaults(ClientConfig.load(around.home(), around.environment()));
  }

  /// Null: the option's own default.
  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    Optional<NodeConfig.Value> chosen =
        argument instanceof OptionSpec option
            ? Optional.of(option.names()[0]).flatMap(ClientSetting::ofOption).flatMap(config::value)
            : Optional.empty();
    return chosen.map(NodeConfig.Value::text).orElse(null);
  }
}

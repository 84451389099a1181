package nimble.node.cli.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.Callable;
import nimble.genesis.Genesis;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "params", description = "Shows the rules' parameters, as the genesis sets them.")
final class ChainParams implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      JsonNode parameters =
          Json.of(Json.read(client.node(), GenesisFile.show(genesis), Map.class))
              .path("parameters");
      Table table = new Table("PARAMETER", "VALUE");
      add(table, "", parameters);
      output.document(parameters, table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }

  private static void add(Table table, String name, JsonNode value) {
    if (value.isObject()) {
      value
          .properties()
          .forEach(it ->
              add(table, name.isEmpty() ? it.getKey() : name + "." + it.getKey(), it.getValue()));
    } else {
      table.row(name, value.isTextual() ? value.textValue() : value.toString());
    }
  }
}

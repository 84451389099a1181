package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.BanView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "unban", description = "Lets a banned node in again, and forgets what it did.")
final class NodeUnban implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Parameters(
      paramLabel = "NODE",
      arity = "0..1",
      description = "Its id, or how it begins: as `nimble node bans` shows it.")
  private Optional<String> id = Optional.empty();

  @Option(names = "--all", description = "Whoever is banned.")
  private boolean all;

  @Override
  public Integer call() throws Exception {
    if (all == id.isPresent()) {
      throw new Mistake("give a NODE or --all: `nimble node bans` lists who is banned");
    }
    try (NodeClient client = node.connect()) {
      List<String> lifted = new ArrayList<>();
      for (String banned : chosen(client.peers().getBansList())) {
        if (client.unban(banned)) {
          lifted.add(banned);
        }
      }
      ArrayNode json = Json.array();
      lifted.forEach(json::add);
      output.document(
          json,
          lifted.isEmpty() ? "nobody is banned" : "let in again: " + String.join(", ", lifted));
      return ExitCode.DONE;
    }
  }

  private List<String> chosen(List<BanView> bans) throws Mistake {
    String start = id.map(it -> it.toLowerCase(Locale.ROOT)).orElse("");
    List<String> found =
        bans.stream().map(BanView::getNodeId).filter(it -> it.startsWith(start)).toList();
    if (!all && found.size() != 1) {
      throw Mistake.of(
          "%s: `nimble node bans` lists who is banned",
          found.isEmpty()
              ? "no banned node begins with '%s'".formatted(start)
              : "%d banned nodes begin with '%s'".formatted(found.size(), start));
    }
    return found;
  }
}

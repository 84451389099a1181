package nimble.node.cli.node;

import java.util.concurrent.Callable;
import nimble.api.v1.PeersView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "bans", description = "Shows whom a running node does not let in, and why.")
final class NodeBans implements Callable<Integer> {
  private static final long MILLIS = 1_000;

  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      PeersView view = client.peers();
      Table table = new Table("NODE", "BANS", "LEFT", "REASON");
      view.getBansList()
          .forEach(ban ->
              table.row(
                  ban.getNodeId().substring(0, NodePeers.ID_DIGITS),
                  ban.getBans(),
                  ban.getLeftMillis() / MILLIS + " s",
                  ban.getReason()));
      output.document(
          Protos.json(PeersView.newBuilder().addAllBans(view.getBansList()).build()),
          table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }
}

package nimble.node.cli.node;

import java.util.concurrent.Callable;
import nimble.api.v1.NodeView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "node",
    description = "A node of a network.",
    subcommands = {
      NodeStart.class,
      NodeCommand.Status.class,
      NodePeers.class,
      NodeBans.class,
      NodeUnban.class
    })
public final class NodeCommand {

  @Command(name = "status", description = "Shows what a running node is and whom it knows.")
  static final class Status implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        NodeView view = client.nodeView();
        Table table =
            new Table("NODE", view.getNodeId())
                .row("version", view.getVersion())
                .row(
                    "roles",
                    view.getRolesCount() == 0 ? "follower" : String.join(", ", view.getRolesList()))
                .row("up for", view.getUptimeMillis() / 1_000 + " s")
                .row("finalized height", view.getFinalizedHeight())
                .row("peers", view.getPeersCount());
        view.getPeersList().forEach(peer -> table.row("", peer.getNodeId()));
        output.document(Protos.json(view), table.show(output.surroundings()));
        return ExitCode.DONE;
      }
    }
  }
}

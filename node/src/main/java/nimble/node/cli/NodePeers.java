package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.api.v1.ConnectedPeerView;
import nimble.api.v1.LaneView;
import nimble.api.v1.PeersView;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "peers", description = "Shows whom a running node is connected to, and why.")
final class NodePeers implements Callable<Integer> {
  static final int ID_DIGITS = 16;
  private static final long MILLIS = 1_000;

  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      node.genesis(client);
      PeersView view = client.peers();
      Table table =
          new Table("NODE", "ADDRESS", "WHY", "ROLES", "FOR", "CONTROL", "BULK", "SCORE", "LATEST");
      view.getPeersList().forEach(peer -> row(table, peer));
      output.document(
          Protos.json(view),
          table.show(output.surroundings())
              + "%d addresses heard of, %d tried; %d banned%n"
                  .formatted(
                      view.getAddressesHeard(), view.getAddressesTried(), view.getBansCount()));
      return ExitCode.DONE;
    }
  }

  private static void row(Table table, ConnectedPeerView peer) {
    table.row(
        peer.getNodeId().substring(0, ID_DIGITS),
        (peer.getOutbound() ? "to " : "from ") + peer.getAddress(),
        peer.getWhy(),
        peer.getRolesCount() == 0 ? "follower" : String.join(",", peer.getRolesList()),
        peer.getConnectedMillis() / MILLIS + " s",
        lane(peer.getControl()),
        lane(peer.getBulk()),
        peer.getPoints(),
        peer.getReason());
  }

  private static String lane(LaneView lane) {
    return lane.getOpen() ? "%d B wait".formatted(lane.getQueuedBytes()) : "closed";
  }
}

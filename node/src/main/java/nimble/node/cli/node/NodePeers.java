package nimble.node.cli.node;

import java.util.Locale;
import java.util.concurrent.Callable;
import nimble.api.v1.ConnectedPeerView;
import nimble.api.v1.LaneView;
import nimble.api.v1.PeersView;
import nimble.api.v1.ReachView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
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
      PeersView view = client.peers();
      Table table =
          new Table("NODE", "ADDRESS", "WHY", "ROLES", "FOR", "CONTROL", "BULK", "SCORE", "LATEST");
      view.getPeersList().forEach(peer -> row(table, peer));
      output.document(
          Protos.json(view),
          table.show(output.surroundings())
              + "%d addresses heard of, %d tried; %d banned%n"
                  .formatted(
                      view.getAddressesHeard(), view.getAddressesTried(), view.getBansCount())
              + relaying(view));
      return ExitCode.DONE;
    }
  }

  private static void row(Table table, ConnectedPeerView peer) {
    table.row(
        brief(peer.getNodeId()),
        (peer.getOutbound() ? "to " : "from ") + way(peer),
        peer.getWhy(),
        peer.getRolesCount() == 0 ? "follower" : String.join(",", peer.getRolesList()),
        peer.getConnectedMillis() / MILLIS + " s",
        lane(peer.getControl()),
        lane(peer.getBulk()),
        peer.getPoints(),
        peer.getReason());
  }

  private static String way(ConnectedPeerView peer) {
    return peer.getVia().isEmpty()
        ? peer.getAddress()
        : "relay %s at %s".formatted(brief(peer.getVia()), peer.getAddress());
  }

  private static String brief(String nodeId) {
    return nodeId.substring(0, ID_DIGITS);
  }

  /// Whether others reach this node, and for whom it relays.
  private static String relaying(PeersView view) {
    ReachView reach = view.getReach();
    String through =
        reach.getRelaysList().isEmpty()
            ? ""
            : "; relays: " + String.join(", ", reach.getRelaysList());
    String guests =
        view.getGuestsCount() == 0
            ? ""
            : "relays for %d: %s; %d streams, %d MiB carried%n"
                .formatted(
                    view.getGuestsCount(),
                    String.join(", ", view.getGuestsList().stream().map(NodePeers::brief).toList()),
                    view.getCircuits(),
                    view.getCarriedBytes() >> 20);
    return "reach: %s, %s%s%n%s"
        .formatted(reach.getState().toLowerCase(Locale.ROOT), reach.getWhy(), through, guests);
  }

  private static String lane(LaneView lane) {
    return lane.getOpen() ? "%d B wait".formatted(lane.getQueuedBytes()) : "closed";
  }
}

package nimble.node.api;

import java.util.Locale;
import nimble.api.v1.BanView;
import nimble.api.v1.ConnectedPeerView;
import nimble.api.v1.LaneView;
import nimble.api.v1.PeersView;
import nimble.api.v1.ReachView;
import nimble.node.net.PeerTable;
import nimble.p2p.LaneState;
import nimble.p2p.PeerScores;
import nimble.p2p.relay.Reach;

/// How peers are shown.
final class PeerViews {
  private PeerViews() {}

  static PeersView of(PeerTable table) {
    PeersView.Builder view =
        PeersView.newBuilder().setAddressesHeard(table.heard()).setAddressesTried(table.tried());
    table.rows().forEach(row -> view.addPeers(peer(row, table.nowMillis())));
    table.bans().forEach(ban -> view.addBans(ban(ban, table.nowMillis())));
    PeerTable.Relaying relaying = table.relaying();
    view.setReach(reach(relaying.reach()))
        .setCircuits(relaying.load().circuits())
        .setCarriedBytes(relaying.load().carriedBytes());
    relaying.guests().forEach(guest -> view.addGuests(guest.toString()));
    return view.build();
  }

  private static ReachView reach(Reach reach) {
    ReachView.Builder view =
        ReachView.newBuilder().setState(reach.state().name()).setWhy(reach.why());
    reach.relays().forEach(relay -> view.addRelays(relay.toString()));
    return view.build();
  }

  private static ConnectedPeerView peer(PeerTable.Row row, long nowMillis) {
    ConnectedPeerView.Builder view =
        ConnectedPeerView.newBuilder()
            .setNodeId(row.peer().toString())
            .setAddress(row.remote().anyone().toString())
            .setOutbound(row.outbound())
            .setWhy(row.why())
            .setAgent(row.agent())
            .setConnectedMillis(nowMillis - row.sinceMillis())
            .setPoints(row.points())
            .setReason(row.reason())
            .setControl(lane(row.control()))
            .setBulk(lane(row.bulk()));
    row.remote().via().ifPresent(relay -> view.setVia(relay.toString()));
    row.roles().forEach(role -> view.addRoles(role.name().toLowerCase(Locale.ROOT)));
    return view.build();
  }

  private static LaneView lane(LaneState lane) {
    return LaneView.newBuilder().setOpen(lane.open()).setQueuedBytes(lane.queuedBytes()).build();
  }

  private static BanView ban(PeerScores.Sentence ban, long nowMillis) {
    return BanView.newBuilder()
        .setNodeId(ban.peer().toString())
        .setReason(ban.reason())
        .setBans(ban.bans())
        .setLeftMillis(ban.untilMillis() - nowMillis)
        .build();
  }
}

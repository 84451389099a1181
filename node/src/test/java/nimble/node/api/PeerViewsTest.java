package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import nimble.api.v1.PeersView;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.node.net.PeerTable;
import nimble.p2p.LaneState;
import nimble.p2p.PeerAddress;
import nimble.p2p.RelayLoad;
import nimble.p2p.Role;
import nimble.p2p.relay.Reach;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class PeerViewsTest {
  private static PublicKey key(int number) {
    return new PublicKey(Hashing.of("key", Bytes.ofU64(number)).bytes());
  }

  @Test
  void whoIsReachedViaWhomIsShown() {
    PeerAddress relay = PeerAddress.of("203.0.113.1", 7040).withPeer(key(1));
    PeerTable.Row row =
        new PeerTable.Row(
            key(2),
            relay.reaching(key(2)),
            true,
            "work",
            EnumSet.of(Role.MINER),
            "nimble/test",
            0,
            0,
            "",
            new LaneState(true, 0, 0),
            LaneState.CLOSED);
    PeerTable.Relaying relaying =
        new PeerTable.Relaying(
            new Reach(Reach.State.RELAYED, "node 12ab could not dial it", List.of(relay)),
            new TreeSet<>(List.of(key(3))),
            new RelayLoad(2, 5));
    PeersView view = PeerViews.of(new PeerTable(List.of(row), List.of(), 0, 0, relaying, 1_000));
    assertEquals("203.0.113.1:7040", view.getPeers(0).getAddress());
    assertEquals(key(1).toString(), view.getPeers(0).getVia());
    assertEquals("RELAYED", view.getReach().getState());
    assertEquals(List.of(relay.toString()), view.getReach().getRelaysList());
    assertEquals(List.of(key(3).toString()), view.getGuestsList());
    assertEquals(2, view.getCircuits());
    assertEquals(5, view.getCarriedBytes());
  }
}

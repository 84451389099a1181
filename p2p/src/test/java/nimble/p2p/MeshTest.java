package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.TreeMap;
import nimble.p2p.Mesh.Connected;
import nimble.p2p.Mesh.Disconnected;
import nimble.p2p.Mesh.Ticked;
import nimble.p2p.Mesh.Wanted;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class MeshTest {
  private static final PublicKey LOW = Samples.peer(1);
  private static final PublicKey HIGH = Samples.peer(2);
  private static final PeerAddress AT = PeerAddress.of("host", 7040);

  private static Wanted wanted(PublicKey... peers) {
    TreeMap<PublicKey, PeerAddress> wanted = new TreeMap<>();
    for (PublicKey peer : peers) {
      wanted.put(peer, AT);
    }
    return new Wanted(wanted);
  }

  @Test
  void theSmallerKeyDialsFirstAndNobodyDialsItself() {
    Mesh low = new Mesh(LOW);
    Mesh high = new Mesh(HIGH);
    assertEquals(List.of(AT.withPeer(HIGH)), low.step(wanted(LOW, HIGH), 0));
    assertEquals(List.of(), high.step(wanted(LOW, HIGH), 0));
    assertEquals(List.of(AT.withPeer(LOW)), high.step(new Ticked(), 1_000));
  }

  /// The longest pause between two dials of one peer while `count` are missing.
  private static long longestPause(int count) {
    PublicKey[] peers = new PublicKey[count];
    for (int i = 0; i < count; i++) {
      peers[i] = Samples.peer(2 + i);
    }
    Mesh mesh = new Mesh(LOW);
    mesh.step(wanted(peers), 0);
    long last = 0;
    long longest = 0;
    for (long now = 100; now < 200_000; now += 100) {
      if (mesh.step(new Ticked(), now).contains(AT.withPeer(HIGH))) {
        longest = Math.max(longest, now - last);
        last = now;
      }
    }
    return longest;
  }

  @Test
  void missingPeersAreDialledLaterAndLaterTheMoreTheyAre() {
    assertEquals(2_000, longestPause(1));
    assertEquals(2_000, longestPause(80));
    assertEquals(5_000, longestPause(200));
    assertEquals(25_000, longestPause(1_000));
  }

  @Test
  void aLostPeerIsDialledAgainAndAConnectedOneIsNot() {
    Mesh mesh = new Mesh(LOW);
    mesh.step(wanted(HIGH), 0);
    mesh.step(new Connected(HIGH), 10);
    assertEquals(List.of(), mesh.step(new Ticked(), 60_000));
    assertEquals(List.of(), mesh.missing());
    assertEquals(List.of(), mesh.step(new Disconnected(HIGH), 60_000));
    assertEquals(List.of(HIGH), mesh.missing());
    assertEquals(1, mesh.step(new Ticked(), 61_000).size());
  }

  @Test
  void whoIsNoLongerWantedIsNoLongerDialled() {
    Mesh mesh = new Mesh(LOW);
    mesh.step(wanted(HIGH), 0);
    mesh.step(wanted(), 0);
    assertEquals(List.of(), mesh.step(new Ticked(), 60_000));
  }

  @Test
  void whoIsConnectedBeforeItIsWantedIsNotDialled() {
    Mesh mesh = new Mesh(LOW);
    mesh.step(new Connected(HIGH), 0);
    assertEquals(List.of(), mesh.step(wanted(HIGH), 0));
  }
}

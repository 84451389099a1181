package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

/// N14: what waits, and how long.
final class HearsayTest {
  private static final PublicKey VALIDATOR = key("validator");
  private static final PublicKey ONE = key("one");
  private static final PublicKey OTHER = key("other");

  private final Hearsay hearsay = new Hearsay();
  private final List<PublicKey> heard = new ArrayList<>();

  private static PublicKey key(String name) {
    return new PublicKey(Hashing.of(name).bytes());
  }

  private void say(PublicKey peer, int times, int size) {
    Message message = new Message(Kind.TX_BODIES, Bytes.wrap(new byte[size]));
    for (int i = 0; i < times; i++) {
      hearsay.add(peer, message, peer.equals(VALIDATOR));
    }
  }

  private void hearSome(int most) {
    hearsay.hearSome(most, (peer, _) -> heard.add(peer));
  }

  private long of(PublicKey peer) {
    return Collections.frequency(heard, peer);
  }

  @Test
  void n14PeersAreHeardInTurnsAndValidatorsEverySecondTime() {
    say(ONE, 100, 1);
    say(OTHER, 100, 1);
    say(VALIDATOR, 100, 1);
    hearSome(8);
    assertEquals(
        List.of(VALIDATOR, ONE, VALIDATOR, OTHER, VALIDATOR, ONE, VALIDATOR, OTHER), heard);
  }

  @Test
  void n14SmallSharesToo() {
    say(ONE, 10, 1);
    say(VALIDATOR, 10, 1);
    for (int i = 0; i < 4; i++) {
      hearSome(1);
    }
    assertEquals(List.of(VALIDATOR, ONE, VALIDATOR, ONE), heard);
  }

  @Test
  void n14WhoIsAloneHasAllOfTheShare() {
    say(ONE, 100, 1);
    hearSome(Hearsay.SHARE_MAX);
    assertEquals(Hearsay.SHARE_MAX, of(ONE));
  }

  @Test
  void n14AShareIsBoundedInBytes() {
    say(ONE, 10, (int) Hearsay.SHARE_BYTES_MAX / 2);
    hearSome(Hearsay.SHARE_MAX);
    assertEquals(2, of(ONE));
  }

  @Test
  void n14WhoSaysTooMuchIsNotHeardAndOthersAre() {
    say(ONE, 2 * Hearsay.PER_PEER_MAX, 1);
    say(OTHER, 1, 1);
    while (!hearsay.isEmpty()) {
      hearSome(Hearsay.SHARE_MAX);
    }
    assertEquals(Hearsay.PER_PEER_MAX, of(ONE));
    assertEquals(1, of(OTHER));
  }

  @Test
  void n14ManyLargeOnesLeaveRoomForOthers() {
    int large = Kind.TX_BODIES.sizeMax();
    for (int i = 0; i < 100; i++) {
      say(key("many" + i), 100, large);
    }
    say(ONE, 1, 1_000);
    say(VALIDATOR, 8, large);
    long bytes = 0;
    while (!hearsay.isEmpty()) {
      int before = heard.size();
      hearSome(1);
      PublicKey last = heard.get(before);
      bytes += last.equals(ONE) ? 1_000 : large;
    }
    assertTrue(bytes <= 2 * Hearsay.BYTES_MAX, bytes + " bytes were held");
    assertEquals(1, of(ONE));
    assertEquals(8, of(VALIDATOR));
  }

  @Test
  void n14WhoHasLeftIsNotHeardAndGivesBackItsRoom() {
    say(ONE, 16, Kind.TX_BODIES.sizeMax());
    hearsay.gone(ONE);
    assertTrue(hearsay.isEmpty());
    say(OTHER, 16, Kind.TX_BODIES.sizeMax());
    while (!hearsay.isEmpty()) {
      hearSome(1);
    }
    assertEquals(16, of(OTHER));
    assertEquals(0, of(ONE));
  }
}

package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import nimble.p2p.PeerScores.Ban;
import nimble.p2p.PeerScores.Disconnect;
import nimble.p2p.PeerScores.Keep;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class PeerScoresTest {
  private static final PublicKey PEER = Samples.peer(1);

  private final PeerScores scores = new PeerScores();

  @Test
  void smallPenaltiesFade() {
    for (int i = 0; i < 1_000; i++) {
      assertEquals(new Keep(), scores.penalize(PEER, Penalty.SMALL, "late", 5_000L * i));
    }
    assertEquals(0, scores.points(PEER, 5_000_000));
  }

  @Test
  void smallPenaltiesAtOnceDisconnect() {
    for (int i = 0; i < 9; i++) {
      assertEquals(new Keep(), scores.penalize(PEER, Penalty.SMALL, "late", 0));
    }
    assertEquals(new Disconnect("late"), scores.penalize(PEER, Penalty.SMALL, "late", 0));
  }

  @Test
  void twoLargeOnesBanAndEveryBanIsLonger() {
    assertEquals(new Disconnect("lie"), scores.penalize(PEER, Penalty.LARGE, "lie", 0));
    assertEquals(
        new Ban(PeerScores.BAN_MILLIS, "lie"), scores.penalize(PEER, Penalty.LARGE, "lie", 0));
    assertEquals("lie", scores.banned(0).get(PEER));
    long later = PeerScores.BAN_MILLIS;
    assertTrue(scores.banned(later).isEmpty());
    scores.penalize(PEER, Penalty.LARGE, "lie", later);
    assertEquals(
        new Ban(later + 2 * PeerScores.BAN_MILLIS, "lie"),
        scores.penalize(PEER, Penalty.LARGE, "lie", later));
  }

  @Test
  void exemptPeersAreNeverSentenced() {
    scores.exempt(new TreeSet<>(List.of(PEER)));
    for (int i = 0; i < 100; i++) {
      assertEquals(new Keep(), scores.penalize(PEER, Penalty.LARGE, "lie", 0));
    }
    assertTrue(scores.banned(0).isEmpty());
  }

  @Test
  void memoryIsBoundedAndBansAreForgottenLast() {
    scores.penalize(PEER, Penalty.LARGE, "lie", 0);
    assertInstanceOf(Ban.class, scores.penalize(PEER, Penalty.LARGE, "lie", 0));
    for (int i = 2; i < 2 * PeerScores.PEERS_MAX; i++) {
      scores.penalize(Samples.peer(i), Penalty.SMALL, "late", 0);
    }
    assertEquals("lie", scores.banned(0).get(PEER));
    assertEquals(0, scores.points(Samples.peer(2), 0));
  }

  @Test
  void aTokenBucketKeepsItsRate() {
    TokenBucket bucket = new TokenBucket(10, 0);
    long now = 0;
    int taken = 0;
    while (now < 10_000) {
      long wait = bucket.take(now);
      taken += wait == 0 ? 1 : 0;
      now += wait;
    }
    assertEquals(110, taken, 1);
  }
}

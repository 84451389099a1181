package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.HeightFetch.Heard;
import nimble.p2p.HeightFetch.Joined;
import nimble.p2p.HeightFetch.Left;
import nimble.p2p.HeightFetch.Reached;
import nimble.p2p.HeightFetch.Rejected;
import nimble.p2p.HeightFetch.Ticked;
import nimble.p2p.HeightFetch.Wanted;
import nimble.sim.Seeds;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class HeightFetchTest {
  private long requests;

  @Test
  void h4NoMoreThanTheWindowIsAskedFor() {
    HeightFetch fetch = new HeightFetch(10, () -> requests++);
    for (int i = 0; i < 100; i++) {
      fetch.step(new Joined(Samples.peer(i), 1_000_000), 0);
    }
    int asked = fetch.step(new Wanted(1_000_000), 0).size();
    assertEquals(HeightFetch.WINDOW_MAX / HeightFetch.PER_REQUEST, asked);
  }

  /// One peer says nothing, and another answers with as much as an answer can hold.
  @Test
  void h4WhatIsHeldBeyondTheNextHeightsIsBounded() {
    HeightFetch fetch = new HeightFetch(1, () -> requests++);
    fetch.step(new Wanted(100_000), 0);
    fetch.step(new Joined(Samples.peer(1), 32), 0);
    List<Effect> asked = fetch.step(new Joined(Samples.peer(2), 100_000), 0);
    List<Bytes> blocks = Collections.nCopies(2, Bytes.wrap(new byte[(4 << 20) - 64]));
    for (int i = 0; i < 300 && !asked.isEmpty(); i++) {
      Message request = ((Effect.Send) asked.removeFirst()).message();
      Message answer = new Chunk(request(request), blocks, true).message(Kind.BLOCKS);
      asked.addAll(fetch.step(new Heard(Samples.peer(2), answer), 0));
      long held = fetch.heldBytes();
      assertTrue(held <= HeightFetch.HELD_BYTES_MAX + (4 << 20), "held " + held);
    }
    assertEquals(List.of(), asked, "more is asked for than may be held");
  }

  private static long request(Message message) {
    try {
      return Get.decode(message).request();
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void h2WhoIsDistrustedIsForgottenAfterManyOthers() {
    HeightFetch fetch = new HeightFetch(1, () -> requests++);
    fetch.step(new Wanted(10), 0);
    for (int i = 0; i <= HeightFetch.DISTRUSTED_MAX; i++) {
      fetch.step(new Joined(Samples.peer(i), 10), 0);
      fetch.step(new Rejected(1, Samples.peer(i), "made up"), 0);
    }
    assertEquals(List.of(), fetch.step(new Joined(Samples.peer(1), 10), 0));
    assertEquals(1, fetch.step(new Joined(Samples.peer(0), 10), 0).size());
  }

  @Test
  void h3AnotherPeerIsAskedWhenOneIsLate() {
    HeightFetch fetch = new HeightFetch(1, () -> requests++);
    fetch.step(new Joined(Samples.peer(1), 5), 0);
    fetch.step(new Wanted(5), 0);
    fetch.step(new Joined(Samples.peer(2), 5), 0);
    List<Effect> effects = fetch.step(new Ticked(), HeightFetch.REQUEST_MILLIS_MAX);
    assertEquals(
        new Effect.Penalize(Samples.peer(1), Penalty.SMALL, "no answer in time"),
        effects.getFirst());
    assertEquals(Samples.peer(2), ((Effect.Send) effects.getLast()).peer());
  }

  @Test
  void h5AnotherPeerIsAskedBesideASlowOne() {
    HeightFetch fetch = new HeightFetch(1, () -> requests++);
    fetch.step(new Joined(Samples.peer(1), 2), 0);
    fetch.step(new Wanted(2), 0);
    fetch.step(new Joined(Samples.peer(2), 2), 0);
    List<Effect> effects = fetch.step(new Ticked(), HeightFetch.DOUBLE_MILLIS);
    assertEquals(List.of(Samples.peer(2)), receivers(effects));
    Message answer =
        new Chunk(0, List.of(Bytes.utf8("1"), Bytes.utf8("2")), false).message(Kind.BLOCKS);
    assertEquals(2, fetch.step(new Heard(Samples.peer(1), answer), 5_000).size());
    assertTrue(fetch.isDone());
  }

  @Test
  void h6WhatNobodyHasAnyMoreIsNowhereUntilSomebodyComes() {
    HeightFetch fetch = new HeightFetch(1, () -> requests++);
    fetch.step(new Wanted(1_000), 0);
    fetch.step(new Joined(Samples.peer(1), 1_000), 0);
    fetch.step(new Joined(Samples.peer(2), 1_000), 0);
    assertEquals(1_000, fetch.highest());
    Message nothing = new Chunk(0, List.of(), false).message(Kind.BLOCKS);
    fetch.step(new Heard(Samples.peer(1), nothing), 0);
    assertFalse(fetch.isNowhere()); // The other was not asked for it yet.
    List<Effect> asked = fetch.step(new Left(Samples.peer(2)), 0);
    assertEquals(List.of(), asked);
    assertTrue(fetch.isNowhere());
    fetch.step(new Joined(Samples.peer(3), 1_000), 0);
    assertFalse(fetch.isNowhere());
  }

  @Test
  void whatTheOwnerHasIsNotAskedFor() {
    HeightFetch fetch = new HeightFetch(1, () -> requests++);
    fetch.step(new Wanted(20), 0);
    fetch.step(new Reached(19), 0);
    Effect.Send asked = (Effect.Send) fetch.step(new Joined(Samples.peer(1), 20), 0).getFirst();
    assertEquals(new Get(0, new Get.ByHeight(20, 1)).message(Kind.BLOCK_GET), asked.message());
  }

  private static List<PublicKey> receivers(List<Effect> effects) {
    return effects.stream().map(effect -> ((Effect.Send) effect).peer()).toList();
  }

  @Test
  void h1BlocksComeInOrderWhateverThePeersDo() {
    Seeds.forEach(200, random -> new World(random).run());
  }

  private final class World {
    private static final int LAST = 400;

    private final SplittableRandom random;
    private final HeightFetch fetch = new HeightFetch(1, () -> requests++);
    private final Deque<Effect> todo = new ArrayDeque<>();
    private long expected = 1;
    private long now;

    World(SplittableRandom random) {
      this.random = random;
    }

    void run() {
      for (int i = 0; i < 5; i++) {
        todo.addAll(fetch.step(new Joined(Samples.peer(i), LAST), now));
      }
      todo.addAll(fetch.step(new Wanted(LAST), now));
      for (int rounds = 0; expected <= LAST; rounds++) {
        assertTrue(rounds < 1_000, "no progress");
        while (!todo.isEmpty()) {
          perform(todo.remove());
        }
        now += 1_000;
        todo.addAll(fetch.step(new Ticked(), now));
      }
      assertTrue(fetch.isDone());
    }

    private void perform(Effect effect) {
      switch (effect) {
        case Effect.Send(PublicKey to, Lane lane, Message message) -> answer(to, message);
        case Effect.DeliverAt(long height, Bytes body, PublicKey from) ->
            delivered(height, body, from);
        case Effect.Deliver deliver -> throw new AssertionError(deliver);
        case Effect.Penalize penalize -> {}
      }
    }

    private void delivered(long height, Bytes body, PublicKey from) {
      if (height != expected) {
        return; // On its way when the rejection was said.
      }
      if (body.equals(Bytes.ofU64(height))) {
        expected++;
      } else {
        dropDeliveries();
        todo.addAll(fetch.step(new Rejected(height, from, "bad block"), now));
      }
    }

    private void dropDeliveries() {
      todo.removeIf(effect -> effect instanceof Effect.DeliverAt);
    }

    private void answer(PublicKey peer, Message message) {
      boolean honest = peer.equals(Samples.peer(4));
      int mood = honest ? 99 : random.nextInt(12);
      if (mood == 0) {
        return;
      }
      if (mood == 1) {
        todo.addAll(fetch.step(new Left(peer), now));
        todo.addAll(fetch.step(new Joined(peer, LAST), now));
        return;
      }
      Get get;
      try {
        get = Get.decode(message);
      } catch (Malformed e) {
        throw new AssertionError(e);
      }
      Get.ByHeight heights = (Get.ByHeight) get.wanted();
      List<Bytes> items = new ArrayList<>();
      int count = mood < 6 ? random.nextInt(heights.count() + 1) : heights.count();
      for (int i = 0; i < count; i++) {
        items.add(mood == 7 ? Bytes.utf8("bad") : Bytes.ofU64(heights.from() + i));
      }
      boolean truncated = count < heights.count() && random.nextBoolean();
      Message answer = new Chunk(get.request(), items, truncated).message(Kind.BLOCKS);
      todo.addAll(fetch.step(new Heard(peer, answer), now));
    }
  }
}

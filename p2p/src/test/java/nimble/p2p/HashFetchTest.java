package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.p2p.HashFetch.Dropped;
import nimble.p2p.HashFetch.Goods;
import nimble.p2p.HashFetch.Heard;
import nimble.p2p.HashFetch.Joined;
import nimble.p2p.HashFetch.Left;
import nimble.p2p.HashFetch.Ticked;
import nimble.p2p.HashFetch.Wanted;
import nimble.sim.Seeds;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class HashFetchTest {
  private long requests;

  private HashFetch fetch() {
    return new HashFetch(Goods.BLOBS, body -> Optional.of(Hashing.sha256(body)), () -> requests++);
  }

  @Test
  void f3SeveralPeersAreAskedAtOnceAndNoneTooMuch() {
    HashFetch fetch = fetch();
    fetch.step(new Joined(Samples.peer(1)), 0);
    fetch.step(new Joined(Samples.peer(2)), 0);
    List<Hash> hashes = Samples.hashes(new SplittableRandom(1), 100);
    Map<PublicKey, Integer> asked = new TreeMap<>();
    for (Effect effect : fetch.step(new Wanted(hashes), 0)) {
      asked.merge(((Effect.Send) effect).peer(), 1, Integer::sum);
    }
    assertEquals(
        Map.of(Samples.peer(1), HashFetch.REQUESTS_MAX, Samples.peer(2), HashFetch.REQUESTS_MAX),
        asked);
  }

  @Test
  void f2APeerThatLacksAnItemIsNotAskedForItAtOnce() {
    HashFetch fetch = fetch();
    PublicKey peer = Samples.peer(1);
    fetch.step(new Joined(peer), 0);
    fetch.step(new Wanted(List.of(Hash.ZERO)), 0);
    Message nothing = new Chunk(0, List.of(), false).message(Kind.BLOBS);
    assertEquals(List.of(), fetch.step(new Heard(peer, nothing), 1));
    assertEquals(List.of(), fetch.step(new Ticked(), HashFetch.FORGET_MILLIS - 1));
    assertEquals(1, fetch.step(new Ticked(), HashFetch.FORGET_MILLIS).size());
    assertEquals(List.of(Hash.ZERO), fetch.missing());
  }

  @Test
  void whatIsDroppedIsNeitherAskedForNorDelivered() {
    HashFetch fetch = fetch();
    PublicKey peer = Samples.peer(1);
    Bytes body = Bytes.utf8("body");
    Hash hash = Hashing.sha256(body);
    fetch.step(new Joined(peer), 0);
    fetch.step(new Wanted(List.of(hash)), 0);
    assertEquals(List.of(), fetch.step(new Dropped(List.of(hash)), 0));
    Message late = new Chunk(0, List.of(body), false).message(Kind.BLOBS);
    assertEquals(List.of(), fetch.step(new Heard(peer, late), 1));
    assertTrue(fetch.isDone());
  }

  /// Peers that lack items, lie, are late and leave; one of them is honest and complete.
  @Test
  void f1EverythingComesCheckedAndOnce() {
    Seeds.forEach(200, random -> new World(random).run());
  }

  private final class World {
    private static final int PEERS = 5;

    private final SplittableRandom random;
    private final Map<Hash, Bytes> goods = new LinkedHashMap<>();
    private final Set<Hash> got = new LinkedHashSet<>();
    private final Deque<Effect> todo = new ArrayDeque<>();
    private final HashFetch fetch = fetch();
    private long now;

    World(SplittableRandom random) {
      this.random = random;
      for (int i = 0; i < 60; i++) {
        Bytes body = Samples.bytes(random, 30);
        goods.put(Hashing.sha256(body), body);
      }
    }

    void run() {
      for (int i = 0; i < PEERS; i++) {
        todo.addAll(fetch.step(new Joined(Samples.peer(i)), now));
      }
      todo.addAll(fetch.step(new Wanted(List.copyOf(goods.keySet())), now));
      for (int rounds = 0; !fetch.isDone(); rounds++) {
        assertTrue(rounds < 500, "no progress");
        while (!todo.isEmpty()) {
          perform(todo.remove());
        }
        now += 1_000;
        todo.addAll(fetch.step(new Ticked(), now));
      }
      while (!todo.isEmpty()) {
        perform(todo.remove());
      }
      assertEquals(goods.keySet(), got);
      assertEquals(List.of(), fetch.missing());
    }

    private void perform(Effect effect) {
      switch (effect) {
        case Effect.Send(PublicKey to, Lane lane, Message message) -> answer(to, message);
        case Effect.Deliver(Hash hash, Bytes body, PublicKey from) -> {
          assertEquals(goods.get(hash), body);
          assertTrue(got.add(hash), "delivered twice");
        }
        case Effect.DeliverAt at -> throw new AssertionError(at);
        case Effect.Penalize penalize -> assertFalse(penalize.peer().equals(Samples.peer(0)));
      }
    }

    private void answer(PublicKey peer, Message message) {
      boolean honest = peer.equals(Samples.peer(0));
      int mood = honest ? 99 : random.nextInt(10);
      if (mood == 0) {
        return; // Late for ever.
      }
      if (mood == 1) {
        todo.addAll(fetch.step(new Left(peer), now));
        todo.addAll(fetch.step(new Joined(peer), now));
        return;
      }
      List<Bytes> items = new ArrayList<>();
      Get get;
      try {
        get = Get.decode(message);
      } catch (Malformed e) {
        throw new AssertionError(e);
      }
      for (Hash hash : ((Get.ByHash) get.wanted()).hashes()) {
        if (honest || random.nextInt(3) > 0) {
          items.add(mood == 2 ? Bytes.utf8("a lie") : goods.getOrDefault(hash, Bytes.EMPTY));
        }
      }
      Message answer =
          mood == 3
              ? new Message(Kind.BLOBS, Bytes.utf8("garbage"))
              : new Chunk(get.request(), items, mood == 4).message(Kind.BLOBS);
      todo.addAll(fetch.step(new Heard(peer, answer), now));
    }
  }
}

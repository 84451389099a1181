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
import java.util.stream.Stream;
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

  /// Whom the effects ask, in order.
  private static List<PublicKey> asked(List<Effect> effects) {
    return effects.stream()
        .flatMap(effect -> effect instanceof Effect.Send send ? Stream.of(send.peer()) : null)
        .distinct()
        .toList();
  }

  private HashFetch fetch(PublicKey... peers) {
    HashFetch fetch = fetch();
    for (PublicKey peer : peers) {
      fetch.step(new Joined(peer), 0);
    }
    return fetch;
  }

  @Test
  void f4APreferredPeerIsAskedAlone() {
    HashFetch fetch = fetch(Samples.peer(1), Samples.peer(2));
    Wanted wanted =
        new Wanted(Samples.hashes(new SplittableRandom(1), 100), List.of(Samples.peer(2)));
    assertEquals(List.of(Samples.peer(2)), asked(fetch.step(wanted, 0)));
    long later = HashFetch.PREFERRED_MILLIS - 1;
    assertEquals(List.of(), asked(fetch.step(new Ticked(), later)));
    assertTrue(asked(fetch.step(new Ticked(), later + 1)).contains(Samples.peer(1)));
  }

  @Test
  void f4OthersAreAskedAtOnceWhenThePreferredPeerIsGoneOrLacksIt() {
    PublicKey first = Samples.peer(2);
    Wanted wanted = new Wanted(List.of(Hash.ZERO), List.of(first));
    HashFetch fetch = fetch(Samples.peer(1));
    assertEquals(List.of(Samples.peer(1)), asked(fetch.step(wanted, 0)));

    fetch = fetch(Samples.peer(1), first);
    assertEquals(List.of(first), asked(fetch.step(wanted, 0)));
    Message nothing = new Chunk(requests - 1, List.of(), false).message(Kind.BLOBS);
    assertEquals(List.of(Samples.peer(1)), asked(fetch.step(new Heard(first, nothing), 1)));

    fetch = fetch(Samples.peer(1), first);
    fetch.step(wanted, 0);
    assertEquals(List.of(Samples.peer(1)), asked(fetch.step(new Left(first), 1)));
  }

  @Test
  void f5AStallingPeerIsPassedOver() {
    PublicKey stalls = Samples.peer(1);
    HashFetch fetch = fetch(stalls);
    fetch.step(new Wanted(Samples.hashes(new SplittableRandom(1), 40)), 0);
    fetch.step(new Joined(Samples.peer(2)), HashFetch.STALL_MILLIS - 1);
    List<Effect> effects = fetch.step(new Ticked(), HashFetch.STALL_MILLIS);
    assertEquals(
        new Effect.Penalize(stalls, Penalty.SMALL, "no answer in time"), effects.getFirst());
    assertEquals(1, effects.stream().filter(Effect.Penalize.class::isInstance).count());
    // One item at a time from now on.
    assertEquals(
        1,
        effects.stream()
            .filter(effect -> effect instanceof Effect.Send send && send.peer().equals(stalls))
            .count());
  }

  @Test
  void f5WhoKeepsAnsweringIsNotLateBeforeTheLimitOfARequest() throws Malformed {
    PublicKey slow = Samples.peer(1);
    HashFetch fetch = fetch(slow);
    List<Bytes> bodies = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      bodies.add(Bytes.utf8("body " + i));
    }
    List<Hash> hashes = bodies.stream().map(body -> Hashing.sha256(body)).toList();
    Deque<Message> answers = new ArrayDeque<>();
    List<Effect> effects = new ArrayList<>(fetch.step(new Wanted(hashes), 0));
    long now = 0;
    while (now < HashFetch.REQUEST_MILLIS_MAX) {
      for (Effect effect : effects) {
        if (effect instanceof Effect.Send send) {
          Get get = Get.decode(send.message());
          List<Bytes> items =
              ((Get.ByHash) get.wanted())
                  .hashes().stream().map(hash -> bodies.get(hashes.indexOf(hash))).toList();
          answers.add(new Chunk(get.request(), items, false).message(Kind.BLOBS));
        }
      }
      // The first request is never answered.
      now += HashFetch.STALL_MILLIS - 1;
      effects = new ArrayList<>(fetch.step(new Ticked(), now));
      assertEquals(
          now >= HashFetch.REQUEST_MILLIS_MAX,
          effects.stream().anyMatch(Effect.Penalize.class::isInstance));
      effects.addAll(fetch.step(new Heard(slow, answers.removeLast()), now));
    }
  }

  /// A line on which an item takes 1.7 seconds, one behind the other: 5 Mbit/s.
  @Test
  void f5ASlowLineIsUsedAndNotBlamedForEver() throws Malformed {
    HashFetch fetch = fetch();
    PublicKey peer = Samples.peer(1);
    List<Effect> effects = new ArrayList<>(fetch.step(new Joined(peer), 0));
    Map<Hash, Bytes> bodies = new LinkedHashMap<>();
    for (int i = 0; i < 400; i++) {
      Bytes body = Bytes.ofU64(i);
      bodies.put(Hashing.sha256(body), body);
    }
    effects.addAll(fetch.step(new Wanted(List.copyOf(bodies.keySet())), 0));
    PeerScores scores = new PeerScores();
    TreeMap<Long, Message> onTheWay = new TreeMap<>();
    long freeMillis = 0;
    int delivered = 0;
    for (long now = 0; now < 300_000; now += 100) {
      for (Effect effect : effects) {
        switch (effect) {
          case Effect.Send send -> {
            Get get = Get.decode(send.message());
            List<Hash> hashes = ((Get.ByHash) get.wanted()).hashes();
            freeMillis = Math.max(freeMillis, now) + 1_700L * hashes.size();
            List<Bytes> items = hashes.stream().map(bodies::get).toList();
            onTheWay.put(freeMillis, new Chunk(get.request(), items, false).message(Kind.BLOBS));
          }
          case Effect.Penalize(PublicKey from, Penalty penalty, String reason) ->
              assertEquals(
                  new PeerScores.Keep(), scores.penalize(from, penalty, reason, now), reason);
          case Effect.Deliver _ -> delivered++;
          case Effect.DeliverAt _ -> throw new AssertionError("by height");
        }
      }
      effects = new ArrayList<>(fetch.step(new Ticked(), now));
      while (!onTheWay.isEmpty() && onTheWay.firstKey() <= now) {
        effects.addAll(fetch.step(new Heard(peer, onTheWay.pollFirstEntry().getValue()), now));
      }
    }
    assertTrue(delivered > 300_000 / 1_700 / 2, delivered + " items");
  }

  @Test
  void f5WhatComesLateCountsOnce() {
    PublicKey peer = Samples.peer(1);
    Bytes body = Bytes.utf8("body");
    HashFetch fetch = fetch(peer);
    fetch.step(new Wanted(List.of(Hashing.sha256(body))), 0);
    fetch.step(new Ticked(), HashFetch.STALL_MILLIS);
    Message late = new Chunk(0, List.of(body), false).message(Kind.BLOBS);
    assertEquals(
        List.of(new Effect.Deliver(Hashing.sha256(body), body, peer)),
        fetch.step(new Heard(peer, late), HashFetch.STALL_MILLIS + 1));
    assertTrue(fetch.isDone());
    assertEquals(List.of(), fetch.step(new Heard(peer, late), HashFetch.STALL_MILLIS + 2));
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

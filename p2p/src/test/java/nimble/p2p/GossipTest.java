package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.p2p.Effect.Deliver;
import nimble.p2p.Effect.Penalize;
import nimble.p2p.Effect.Send;
import nimble.p2p.Gossip.Accepted;
import nimble.p2p.Gossip.Forgotten;
import nimble.p2p.Gossip.Heard;
import nimble.p2p.Gossip.Joined;
import nimble.p2p.Gossip.Left;
import nimble.p2p.Gossip.Ticked;
import nimble.sim.Seeds;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class GossipTest {
  private static final PublicKey A = Samples.peer(1);
  private static final PublicKey B = Samples.peer(2);

  private final Map<Hash, Bytes> store = new LinkedHashMap<>();
  private long requests;
  private final Gossip gossip = gossip(store);

  private Gossip gossip(Map<Hash, Bytes> bodies) {
    return new Gossip(
        Topic.TRANSACTIONS,
        body -> Optional.of(Hashing.sha256(body)),
        hash -> Optional.ofNullable(bodies.get(hash)),
        () -> requests++);
  }

  private static Joined joined(PublicKey peer) {
    return new Joined(peer, List.of());
  }

  private static Message announcing(Hash... hashes) {
    return new Announce(List.of(hashes)).message(Kind.TX_ANNOUNCE);
  }

  private static Message bodies(long request, Bytes... bodies) {
    return new Chunk(request, List.of(bodies), false).message(Kind.TX_BODIES);
  }

  private static Send only(List<Effect> effects) {
    assertEquals(1, effects.size(), effects.toString());
    return assertInstanceOf(Send.class, effects.getFirst());
  }

  @Test
  void g1AskedOnceAndDeliveredOnce() {
    Bytes body = Bytes.utf8("body");
    Hash hash = Hashing.sha256(body);
    gossip.step(joined(A), 0);
    gossip.step(joined(B), 0);
    assertEquals(A, only(gossip.step(new Heard(A, announcing(hash)), 0)).peer());
    assertEquals(List.of(), gossip.step(new Heard(B, announcing(hash)), 0));
    assertEquals(
        List.of(new Deliver(hash, body, A)), gossip.step(new Heard(A, bodies(0, body)), 1));
    assertEquals(List.of(), gossip.step(new Heard(B, announcing(hash)), 2));
  }

  @Test
  void g1TheNextAnnouncerIsAskedWhenTheFirstIsLateLeavesOrHasNothing() {
    Hash hash = Hashing.sha256(Bytes.utf8("body"));
    for (int way = 0; way < 3; way++) {
      Gossip fresh = gossip(store);
      long request = requests;
      fresh.step(joined(A), 0);
      fresh.step(joined(B), 0);
      fresh.step(new Heard(A, announcing(hash)), 0);
      fresh.step(new Heard(B, announcing(hash)), 0);
      List<Effect> effects =
          switch (way) {
            case 0 -> fresh.step(new Ticked(), Gossip.REQUEST_MILLIS_MAX);
            case 1 -> fresh.step(new Left(A), 1);
            default -> fresh.step(new Heard(A, bodies(request)), 1);
          };
      Send again = assertInstanceOf(Send.class, effects.getLast());
      assertEquals(B, again.peer());
    }
  }

  @Test
  void p9NoMoreBodiesAreReadThanAnAnswerHolds() {
    Bytes body = Bytes.wrap(new byte[32 << 10]);
    List<Hash> read = new ArrayList<>();
    Gossip serving =
        new Gossip(
            Topic.TRANSACTIONS,
            it -> Optional.of(Hashing.sha256(it)),
            hash -> {
              read.add(hash);
              return Optional.of(body);
            },
            () -> requests++);
    serving.step(joined(A), 0);
    List<Hash> asked = Samples.hashes(new SplittableRandom(1), Announce.HASHES_MAX);
    Message get = new Get(1, new Get.ByHash(asked)).message(Kind.TX_GET);
    Send answer = only(serving.step(new Heard(A, get), 0));
    assertTrue(answer.message().payload().size() > Kind.TX_BODIES.sizeMax() - body.size() - 1_000);
    assertTrue(read.size() <= Kind.TX_BODIES.sizeMax() / body.size() + 1, read.size() + " read");
  }

  /// However often somebody comes anew, and however much is held.
  @Test
  void g2WhatIsHeldIsAnnouncedToTheNewcomerAlone() {
    List<Hash> held = Samples.hashes(new SplittableRandom(2), 2 * Gossip.KNOWN_MAX);
    gossip.step(joined(A), 0);
    gossip.step(new Accepted(held), 0);
    for (int i = 0; i < 3; i++) {
      List<Effect> told = gossip.step(new Joined(B, held), 0);
      assertTrue(told.stream().allMatch(it -> it instanceof Send to && to.peer().equals(B)));
      assertEquals(Gossip.KNOWN_MAX / Announce.HASHES_MAX, told.size());
      gossip.step(new Left(B), 0);
    }
  }

  @Test
  void whatIsForgottenIsFetchedAgain() {
    Bytes body = Bytes.utf8("too early");
    Hash hash = Hashing.sha256(body);
    gossip.step(joined(A), 0);
    gossip.step(new Heard(A, announcing(hash)), 0);
    gossip.step(new Heard(A, bodies(0, body)), 0);
    assertEquals(List.of(), gossip.step(new Heard(A, announcing(hash)), 0));
    gossip.step(new Forgotten(List.of(hash)), 0);
    assertEquals(A, only(gossip.step(new Heard(A, announcing(hash)), 0)).peer());
  }

  @Test
  void aStallCostsOnceHoweverMuchWasAskedFor() {
    gossip.step(joined(A), 0);
    for (Hash hash : Samples.hashes(new SplittableRandom(1), 3)) {
      gossip.step(new Heard(A, announcing(hash)), 0);
    }
    assertEquals(
        List.of(new Penalize(A, Penalty.SMALL, "no answer in time")),
        gossip.step(new Ticked(), Gossip.REQUEST_MILLIS_MAX));
    assertEquals(List.of(), gossip.step(new Heard(A, bodies(0)), Gossip.REQUEST_MILLIS_MAX + 1));
  }

  @Test
  void g2OnlyWhatIsAcceptedIsAnnouncedAndNotToThoseWhoTold() {
    Bytes body = Bytes.utf8("body");
    Hash hash = Hashing.sha256(body);
    gossip.step(joined(A), 0);
    gossip.step(joined(B), 0);
    gossip.step(new Heard(A, announcing(hash)), 0);
    gossip.step(new Heard(A, bodies(0, body)), 0);
    Send told = only(gossip.step(new Accepted(List.of(hash)), 0));
    assertEquals(new Send(B, Lane.CONTROL, announcing(hash)), told);
    assertEquals(List.of(), gossip.step(new Accepted(List.of(hash)), 0));
  }

  @Test
  void g3WhatWasNotAskedForIsPenalizedAndDropped() {
    gossip.step(joined(A), 0);
    List<Effect> effects = gossip.step(new Heard(A, bodies(7, Bytes.utf8("spam"))), 0);
    assertEquals(List.of(new Penalize(A, Penalty.SMALL, "an answer to no request")), effects);
    gossip.step(new Heard(A, announcing(Hash.ZERO)), 0);
    effects = gossip.step(new Heard(A, bodies(0, Bytes.utf8("spam"))), 0);
    assertEquals(List.of(new Penalize(A, Penalty.LARGE, "a body that was not asked for")), effects);
  }

  @Test
  void g4OnePeerCannotMakeUsWantEverything() {
    SplittableRandom random = new SplittableRandom(1);
    gossip.step(joined(A), 0);
    gossip.step(joined(B), 0);
    int asked = 0;
    for (int i = 0; i < 100; i++) {
      Message flood =
          new Announce(Samples.hashes(random, Announce.HASHES_MAX)).message(Kind.TX_ANNOUNCE);
      for (Effect effect : gossip.step(new Heard(A, flood), 0)) {
        asked += hashesIn(effect);
      }
    }
    assertEquals(Gossip.PENDING_MAX, asked);
    assertEquals(B, only(gossip.step(new Heard(B, announcing(Hash.ZERO)), 0)).peer());
  }

  private static int hashesIn(Effect effect) {
    try {
      Send send = assertInstanceOf(Send.class, effect);
      return assertInstanceOf(Get.ByHash.class, Get.decode(send.message()).wanted())
          .hashes()
          .size();
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void g4ManyPeersTogetherCannotCrowdOutOthers() {
    SplittableRandom random = new SplittableRandom(1);
    List<PublicKey> greedy = IntStream.range(10, 60).mapToObj(Samples::peer).toList();
    greedy.forEach(peer -> gossip.step(joined(peer), 0));
    gossip.step(joined(A), 0);
    for (int round = 0; round < 2; round++) {
      for (PublicKey peer : greedy) {
        Hash[] lies = Samples.hashes(random, Announce.HASHES_MAX).toArray(Hash[]::new);
        gossip.step(new Heard(peer, announcing(lies)), 0);
      }
    }
    Hash hash = Hashing.sha256(Bytes.utf8("body"));
    assertEquals(A, only(gossip.step(new Heard(A, announcing(hash)), 0)).peer());
  }

  /// Every message of a peer is a step.
  @Test
  void g3WhatWaitsForItsAnnouncerCostsNothingUntilThen() {
    SplittableRandom random = new SplittableRandom(1);
    List<PublicKey> peers = IntStream.range(10, 20).mapToObj(Samples::peer).toList();
    peers.forEach(peer -> gossip.step(joined(peer), 0));
    List<Effect> asked = new ArrayList<>();
    for (PublicKey peer : peers) {
      for (int i = 0; i < 2; i++) {
        Hash[] hashes = Samples.hashes(random, Announce.HASHES_MAX).toArray(Hash[]::new);
        asked.addAll(gossip.step(new Heard(peer, announcing(hashes)), 0));
      }
    }
    assertEquals(peers.size(), asked.size(), "each for as much as may be pending");
    assertTimeout(
        Duration.ofSeconds(3),
        () -> {
          for (int i = 0; i < 40_000; i++) {
            gossip.step(new Ticked(), 1);
          }
        });
    asked.clear();
    for (int request = 0; request < 4 * peers.size(); request++) {
      PublicKey of = peers.get(request % peers.size());
      asked.addAll(gossip.step(new Heard(of, bodies(request)), 2));
    }
    assertEquals(3 * peers.size(), asked.size(), "all of it is asked for at last");
  }

  @Test
  void p10BadBytesCostScore() {
    gossip.step(joined(A), 0);
    Message bad = new Message(Kind.TX_ANNOUNCE, Bytes.utf8("?"));
    Penalize penalty =
        assertInstanceOf(Penalize.class, gossip.step(new Heard(A, bad), 0).getFirst());
    assertEquals(Penalty.LARGE, penalty.penalty());
  }

  /// A ring of nodes over links that lose messages: what one accepts, all get, each once.
  @Test
  void everyNodeGetsEveryBodyOnce() {
    Seeds.forEach(30, random -> new Ring(random).run());
  }

  private final class Ring {
    private static final int NODES = 6;
    private static final int BODIES = 40;
    private static final long TICK_MILLIS = 500;

    private final SplittableRandom random;
    private final List<Gossip> nodes = new ArrayList<>();
    private final List<Map<Hash, Bytes>> stores = new ArrayList<>();
    private final TreeMap<Long, Runnable> events = new TreeMap<>();
    private long now;

    Ring(SplittableRandom random) {
      this.random = random;
      for (int i = 0; i < NODES; i++) {
        stores.add(new LinkedHashMap<>());
        nodes.add(gossip(stores.get(i)));
      }
    }

    void run() {
      for (int i = 0; i < NODES; i++) {
        input(i, joined(Samples.peer((i + 1) % NODES)));
        input(i, joined(Samples.peer((i + NODES - 1) % NODES)));
      }
      for (int i = 0; i < BODIES; i++) {
        accept(random.nextInt(NODES), Samples.bytes(random, 20));
      }
      int ticks = 0;
      while (stores.stream().anyMatch(bodies -> bodies.size() < BODIES)) {
        while (!events.isEmpty()) {
          events.pollFirstEntry().getValue().run();
        }
        assertTrue(++ticks < 200, "no progress");
        now += TICK_MILLIS;
        for (int i = 0; i < NODES; i++) {
          input(i, new Ticked());
        }
      }
    }

    private void accept(int node, Bytes body) {
      Hash hash = Hashing.sha256(body);
      assertTrue(stores.get(node).put(hash, body) == null, "delivered twice");
      input(node, new Accepted(List.of(hash)));
    }

    private void input(int node, Gossip.Input input) {
      for (Effect effect : nodes.get(node).step(input, now)) {
        switch (effect) {
          case Send(PublicKey to, Lane lane, Message message) -> send(node, to, message);
          case Deliver(Hash hash, Bytes body, PublicKey from) -> accept(node, body);
          case Effect.DeliverAt at -> throw new AssertionError(at);
          case Penalize penalize -> assertEquals(Penalty.SMALL, penalize.penalty());
        }
      }
    }

    /// Requests and answers may be lost; announcements are not said again.
    private void send(int from, PublicKey to, Message message) {
      if (message.kind() != Kind.TX_ANNOUNCE && random.nextInt(10) == 0) {
        if (message.kind() == Kind.TX_BODIES || message.kind() == Kind.TX_GET) {
          restart(from, to);
        }
        return;
      }
      int target = Samples.numberOf(to);
      long at = events.isEmpty() ? 0 : events.lastKey() + 1;
      events.put(at, () -> input(target, new Heard(Samples.peer(from), message)));
    }

    /// The connection breaks: both ends see it, connect anew and announce what they hold.
    private void restart(int from, PublicKey to) {
      int target = Samples.numberOf(to);
      long at = events.isEmpty() ? 0 : events.lastKey() + 1;
      events.put(
          at,
          () -> {
            reconnect(from, target);
            reconnect(target, from);
          });
    }

    private void reconnect(int node, int other) {
      input(node, new Left(Samples.peer(other)));
      input(node, joined(Samples.peer(other)));
      input(node, new Accepted(List.copyOf(stores.get(node).keySet())));
    }
  }
}

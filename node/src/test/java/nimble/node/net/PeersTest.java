package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.chain.Reporter;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.Admission;
import nimble.p2p.ForwardingNetwork;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerScores;
import nimble.p2p.Penalty;
import nimble.p2p.RelayPolicy;
import nimble.p2p.book.Remembered;
import nimble.p2p.relay.Reach;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class PeersTest {
  private final TestWorld world = new TestWorld(6, 3);
  private final TreeMap<PublicKey, PeerAddress> registered = new TreeMap<>();

  private final TreeMap<PublicKey, MemoryOfPeers> memories = new TreeMap<>();

  private final class Side {
    final TestInbox<Peers.Input> inbox = new TestInbox<>(world.sim);
    final Network network;
    Admission admission = Admission.OPEN;

    Side(NodeKeys keys, NodeKeys... statics) {
      Network joined =
          world.join(
              keys,
              0,
              event -> {
                inbox.must(new Peers.Input.Network(event));
                return true;
              });
      network =
          new ForwardingNetwork(joined) {
            @Override
            public void admit(Admission told) {
              admission = told;
              super.admit(told);
            }
          };
      inbox.start(
          new Peers(
              new Peers.Parts(
                  network,
                  List.of(statics).stream().map(world::address).toList(),
                  node -> Optional.ofNullable(registered.get(node)),
                  memories.computeIfAbsent(key(keys), MemoryOfPeers::new),
                  RelayPolicy.USUAL,
                  world.sim::after,
                  Reporter.SILENT),
              inbox));
      inbox.must(new Peers.Input.Validators(new TreeSet<>(List.of(key(world.validator())))));
    }

    void near(NodeKeys keys) {
      inbox.must(new Peers.Input.Neighbours(Peers.Asker.MINER, new TreeSet<>(List.of(key(keys)))));
    }

    void penalize(NodeKeys keys) {
      inbox.must(new Peers.Input.Penalized(key(keys), Penalty.LARGE, "it lied"));
    }

    boolean has(NodeKeys keys) {
      return network.peers().contains(key(keys));
    }
  }

  private static PublicKey key(NodeKeys keys) {
    return keys.hot().publicKey();
  }

  @Test
  void c2ANeighbourIsDialledWhereItRegisteredAndLetGoWhenBanned() {
    Side miner = new Side(world.follower(0));
    new Side(world.follower(1));
    registered.put(key(world.follower(1)), world.address(world.follower(1)));
    miner.near(world.follower(1));
    world.runUntil("connected", () -> miner.has(world.follower(1)));
    assertTrue(miner.admission.trusts(key(world.follower(1))));
    assertFalse(miner.admission.trusts(key(world.follower(2))));

    miner.penalize(world.follower(1));
    world.runUntil("sent away", () -> !miner.has(world.follower(1)));
    world.runUntil("back", () -> miner.has(world.follower(1)));
    miner.penalize(world.follower(1));
    miner.penalize(world.follower(1));
    world.runUntil("banned", () -> !miner.has(world.follower(1)));
    long banned = world.sim.nowMillis();
    world.runUntil("back again", () -> miner.has(world.follower(1)));
    assertTrue(world.sim.nowMillis() - banned >= PeerScores.BAN_MILLIS - 100);
  }

  @Test
  void c3WhereAValidatorListensIsLearnedFromItself() {
    Side validator = new Side(world.validator(), world.follower(0));
    Side follower = new Side(world.follower(0));
    world.runUntil("the validator dialled", () -> follower.has(world.validator()));
    validator.network.close();
    world.runUntil("gone", () -> !follower.has(world.validator()));
    Side restarted = new Side(world.validator());
    world.runUntil("the follower dialled", () -> follower.has(world.validator()));
    assertTrue(restarted.has(world.follower(0)));
  }

  @Test
  void c3WhoIsMissedAfterALongRestIsDialledAtOnce() {
    Side validator = new Side(world.validator(), world.follower(0));
    Side follower = new Side(world.follower(0), world.validator());
    world.runUntil("connected", () -> follower.has(world.validator()));
    world.runFor(45_000);
    validator.network.close();
    world.runUntil("gone", () -> !follower.has(world.validator()));
    new Side(world.validator());
    long back = world.sim.nowMillis();
    world.runUntil("the follower dialled", () -> follower.has(world.validator()));
    assertTrue(world.sim.nowMillis() - back <= 3_000, "no rest is waited for");
  }

  @Test
  void c4AStaticPeerIsNeverSentAway() {
    Side miner = new Side(world.follower(0), world.follower(1));
    new Side(world.follower(1));
    new Side(world.follower(2), world.follower(0));
    world.runUntil(
        "both are there", () -> miner.has(world.follower(1)) && miner.has(world.follower(2)));
    for (int i = 0; i < 5; i++) {
      miner.penalize(world.follower(1));
      miner.penalize(world.follower(2));
    }
    world.runUntil("the stranger is banned", () -> !miner.has(world.follower(2)));
    world.runFor(30_000);
    assertFalse(miner.has(world.follower(2)));
    assertEquals(new TreeSet<>(List.of(key(world.follower(1)))), miner.network.peers());
  }

  /// Three nodes of which two do not know each other: the third one told.
  @Test
  void c5PeersAreFoundThroughPeers() {
    Side first = new Side(world.follower(0));
    Side second = new Side(world.follower(1), world.follower(0));
    world.runUntil("the second is there", () -> first.has(world.follower(1)));
    new Side(world.follower(2), world.follower(0));
    world.runUntil("the third found it", () -> second.has(world.follower(2)));
  }

  @Test
  void c6BansAndTheBookOutliveTheProcess() throws Malformed {
    Side first = new Side(world.follower(0));
    new Side(world.follower(1), world.follower(0));
    world.runUntil("it is there", () -> first.has(world.follower(1)));
    first.penalize(world.follower(1));
    first.penalize(world.follower(1));
    world.runUntil("banned", () -> !first.has(world.follower(1)));
    first.network.close();
    world.runFor(100);
    Remembered kept = Remembered.decode(memory(first).saved.orElseThrow());
    assertEquals(key(world.follower(1)), kept.bans().getFirst().peer());

    Side restarted = new Side(world.follower(0));
    assertEquals("it lied", table(restarted).bans().getFirst().reason());
    world.runFor(20_000);
    assertFalse(restarted.has(world.follower(1)));
    world.runUntil("it is over", () -> restarted.has(world.follower(1)));
  }

  @Test
  void c7APardonEndsABanAndForgetsWhy() throws Malformed {
    Side first = new Side(world.follower(0));
    new Side(world.follower(1), world.follower(0));
    world.runUntil("it is there", () -> first.has(world.follower(1)));
    first.penalize(world.follower(1));
    first.penalize(world.follower(1));
    world.runUntil("banned", () -> !first.has(world.follower(1)));
    List<Boolean> answers = new ArrayList<>();
    first.inbox.must(new Peers.Input.Pardoned(key(world.follower(1)), answers::add));
    first.inbox.must(new Peers.Input.Pardoned(key(world.follower(2)), answers::add));
    long pardoned = world.sim.nowMillis();
    world.runUntil("back", () -> first.has(world.follower(1)));
    assertTrue(world.sim.nowMillis() - pardoned < PeerScores.BAN_MILLIS / 2);
    assertEquals(List.of(true, false), answers);
    assertEquals(List.of(), Remembered.decode(memory(first).saved.orElseThrow()).bans());
    first.penalize(world.follower(1));
    world.runUntil("one deed is no ban", () -> !first.has(world.follower(1)));
    world.runUntil("back again", () -> first.has(world.follower(1)));
  }

  @Test
  void c6ADamagedMemoryBeginsAnew() {
    memories.put(key(world.follower(0)), new MemoryOfPeers(key(world.follower(0))));
    MemoryOfPeers memory = memories.firstEntry().getValue();
    memory.saved = Optional.of(Bytes.utf8("not what was saved"));
    Side first = new Side(world.follower(0), world.follower(1));
    new Side(world.follower(1));
    world.runUntil("it runs", () -> first.has(world.follower(1)));
    world.runUntil(
        "it saved", () -> !memory.saved.equals(Optional.of(Bytes.utf8("not what was saved"))));
  }

  private void hide(NodeKeys... nodes) {
    List.of(nodes).forEach(it -> world.wires.hide(key(it)));
  }

  private PeerTable table(Side side) {
    AtomicReference<PeerTable> table = new AtomicReference<>();
    side.inbox.must(new Peers.Input.Asked(table::set));
    world.runUntil("asked", () -> table.get() != null);
    return table.get();
  }

  /// Neither can be dialled, and neither knows the other's address.
  @Test
  void c8TwoBehindRoutersMeetThroughARelayAndThroughTheNextOneWhenItDies() {
    hide(world.follower(1), world.follower(2));
    Side one = new Side(world.follower(0));
    Side other = new Side(world.validator());
    Side left = new Side(world.follower(1), world.follower(0), world.validator());
    Side right = new Side(world.follower(2), world.follower(0), world.validator());
    world.runUntil(
        "both have relays",
        () ->
            List.of(left, right).stream()
                .allMatch(it -> table(it).relaying().reach().relays().size() == 2));
    assertEquals(Reach.State.RELAYED, table(left).relaying().reach().state());
    assertEquals(2, table(one).relaying().guests().size());
    left.near(world.follower(2));
    world.runUntil("they have met", () -> left.has(world.follower(2)));
    PeerAddress way = wayTo(left, world.follower(2));
    Side used = way.via().equals(Optional.of(one.network.self())) ? one : other;
    assertEquals(1, used.network.relayLoad().circuits());
    used.network.close();
    world.runUntil("it broke", () -> !left.has(world.follower(2)));
    world.runUntil("they meet again", () -> left.has(world.follower(2)));
    assertNotEquals(way.via(), wayTo(left, world.follower(2)).via());
    assertTrue(right.has(world.follower(1)));
  }

  private PeerAddress wayTo(Side from, NodeKeys to) {
    return table(from).rows().stream()
        .filter(it -> it.peer().equals(key(to)))
        .map(PeerTable.Row::remote)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void c8WhoCanBeDialledIsToldSoAndRelaysForNobody() {
    Side one = new Side(world.follower(0));
    Side two = new Side(world.follower(1), world.follower(0));
    world.runUntil("it knows", () -> table(two).relaying().reach().state() == Reach.State.PUBLIC);
    assertEquals(List.of(), table(two).relaying().reach().relays());
    assertTrue(table(one).relaying().guests().isEmpty());
  }

  @Test
  void thePeerTableSaysWhy() {
    Side first = new Side(world.follower(0), world.follower(1));
    new Side(world.follower(1));
    world.runUntil("it is there", () -> first.has(world.follower(1)));
    first.penalize(world.follower(1));
    PeerTable.Row row = table(first).rows().getFirst();
    assertEquals("static", row.why());
    assertEquals(50, row.points(), 1);
    assertEquals("it lied", row.reason());
    assertTrue(row.control().open());
  }

  private MemoryOfPeers memory(Side side) {
    return Optional.ofNullable(memories.get(side.network.self())).orElseThrow();
  }
}

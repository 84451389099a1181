package nimble.p2p.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.p2p.Duel;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.PeerAddress;
import nimble.p2p.Relaying;
import nimble.p2p.Samples;
import nimble.sim.Sim;
import org.junit.jupiter.api.Test;

/// The simulated twin keeps rules P14 to P17: nodes 1 and 2 cannot be dialled, 3 relays for 2.
final class SimRelayTest {
  private static final PeerAddress RELAY = at(3).withPeer(Samples.peer(3));
  private static final PeerAddress WAY = RELAY.reaching(Samples.peer(2));

  private final Sim sim = new Sim(1);
  private final SimNetwork network = new SimNetwork(sim, Weather.calm());
  private final List<NetworkEvent> events = new ArrayList<>();
  private final List<NetworkEvent> atTwo = new ArrayList<>();
  private final Network one = join(1, events);
  private final Network two = join(2, atTwo);
  private final Network three = join(3, new ArrayList<>());

  SimRelayTest() {
    network.hide(one.self());
    network.hide(two.self());
    two.connect(RELAY);
    sim.runUntil(() -> !two.peers().isEmpty());
    atTwo.clear();
  }

  private static PeerAddress at(int number) {
    return PeerAddress.of("10.0.0." + number, 7040);
  }

  private Network join(int number, List<NetworkEvent> to) {
    return network.join(
        Samples.peer(number), at(number), Samples.hello(), () -> 0, event -> to.add(event));
  }

  private void agree() {
    two.relay(new Relaying(new TreeSet<>(List.of(three.self())), new TreeSet<>()));
    three.relay(new Relaying(new TreeSet<>(), new TreeSet<>(List.of(two.self()))));
  }

  private <T extends NetworkEvent> T next(Class<T> type) {
    sim.runUntil(() -> !events.isEmpty());
    return assertInstanceOf(type, events.removeFirst());
  }

  private void meet() {
    agree();
    one.connect(WAY);
    assertEquals(WAY, next(NetworkEvent.PeerConnected.class).remote());
  }

  @Test
  void p14WhoIsHiddenIsReachedThroughItsRelayOnly() {
    one.connect(at(2));
    assertEquals("no answer to dialling", next(NetworkEvent.Refused.class).reason());
    one.connect(WAY);
    assertTrue(next(NetworkEvent.Refused.class).reason().startsWith("relay: "));
    meet();
    Message vote = new Message(Kind.VOTE, Bytes.utf8("a vote"));
    one.send(two.self(), Lane.CONTROL, vote);
    sim.runUntil(() -> atTwo.size() == 2);
    assertEquals(new NetworkEvent.Received(one.self(), Lane.CONTROL, vote), atTwo.getLast());
    assertEquals(1, three.relayLoad().circuits());
    assertTrue(!three.peers().contains(one.self()));
  }

  @Test
  void p17WhatIsRelayedEndsWithTheAgreement() {
    meet();
    three.relay(Relaying.NONE);
    next(NetworkEvent.PeerDisconnected.class);
    assertEquals(0, three.relayLoad().circuits());
  }

  @Test
  void p17WhatIsRelayedEndsWithTheRelay() {
    meet();
    network.crash(three.self());
    next(NetworkEvent.PeerDisconnected.class);
  }

  @Test
  void p17WhatIsRelayedEndsWithTheWayToTheRelay() {
    meet();
    network.split(List.of(List.of(two.self())));
    next(NetworkEvent.PeerDisconnected.class);
  }

  @Test
  void p14ATestTellsWhoAnswers() {
    meet();
    one.test(WAY);
    assertEquals(Duel.DUPLICATE, next(NetworkEvent.Refused.class).reason());
    two.test(WAY);
    atTwo.clear();
    sim.runUntil(() -> !atTwo.isEmpty());
    assertEquals(Duel.SELF, ((NetworkEvent.Refused) atTwo.getFirst()).reason());
  }
}

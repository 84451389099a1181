package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.p2p.Admission;
import nimble.p2p.Handshake;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkEvent.PeerConnected;
import nimble.p2p.NetworkEvent.PeerDisconnected;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.NetworkEvent.Refused;
import nimble.p2p.Samples;
import nimble.p2p.Sent;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Strangers who mean it (rules P11 to P13). Counts and order are asserted, never time.
final class HostileTest {
  private static final int ATTEMPTS = 500;
  private static final byte[] TLS_BEGUN = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01};

  @RegisterExtension private final TestNodes nodes = new TestNodes();

  private Socket dial(TestNode node, int from) throws IOException {
    return nodes.dial(
        node, InetAddress.ofLiteral("127.1.%d.%d".formatted(from / 250, 1 + from % 250)));
  }

  private static void vote(TestNode from, TestNode to, int number) {
    assertEquals(
        Sent.QUEUED,
        from.network.send(to.id(), Lane.CONTROL, new Message(Kind.VOTE, Bytes.ofU64(number))));
  }

  /// Five hundred connections that say nothing, stop inside TLS, send garbage, reset, or end their
  /// side: votes between two that are connected arrive all and in order, the two stay connected,
  /// and an honest newcomer gets in.
  @Test
  void p11FiveHundredAttemptsDoNotDisturbTheMesh() throws IOException {
    TestNode a = nodes.node(1, TestNode.patient());
    TestNode b = nodes.node(2, TestNode.patient());
    a.connect(b);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < ATTEMPTS; i++) {
      attack(dial(b, i), i % 5, random);
      vote(a, b, i);
    }
    int votes = 0;
    int refused = 0;
    while (votes < ATTEMPTS) {
      switch (b.await(NetworkEvent.class)) {
        case Received received -> {
          assertEquals(a.id(), received.peer());
          assertEquals(Bytes.ofU64(votes++), received.message().payload());
        }
        case Refused _ -> refused++;
        case NetworkEvent other -> throw new AssertionError(other.toString());
      }
    }
    TestNode newcomer = nodes.node(3, TestNode.patient());
    newcomer.network.connect(b.address().withPeer(b.id()));
    newcomer.await(PeerConnected.class);
    NetworkEvent event = b.await(NetworkEvent.class);
    while (event instanceof Refused) {
      refused++;
      event = b.await(NetworkEvent.class);
    }
    assertEquals(newcomer.id(), ((PeerConnected) event).peer());
    assertTrue(refused <= ATTEMPTS);
    assertTrue(a.events.isEmpty(), "the mesh noticed");
  }

  private static void attack(Socket socket, int kind, SplittableRandom random) throws IOException {
    switch (kind) {
      case 0 -> {}
      case 1 -> socket.getOutputStream().write(TLS_BEGUN);
      case 2 -> socket.getOutputStream().write(Samples.bytes(random, 300).toArray());
      case 3 -> {
        socket.getOutputStream().write(TLS_BEGUN);
        socket.setSoLinger(true, 0);
        socket.close();
      }
      default -> socket.shutdownOutput();
    }
  }

  /// Honest peers that are greeting are not crowded out by those who never finish.
  @Test
  void p11TheOldestGreetingMakesRoom() throws IOException {
    TestNode b = nodes.node(2, TestNode.patient());
    for (int i = 0; i < Crowd.HANDSHAKES_MAX + 20; i++) {
      dial(b, i);
    }
    for (int i = 0; i < 20; i++) {
      b.await(Refused.class);
    }
    TestNode newcomer = nodes.node(3, TestNode.patient());
    newcomer.network.connect(b.address().withPeer(b.id()));
    newcomer.await(PeerConnected.class);
    NetworkEvent event = b.await(NetworkEvent.class);
    while (event instanceof Refused) {
      event = b.await(NetworkEvent.class);
    }
    assertEquals(newcomer.id(), ((PeerConnected) event).peer());
  }

  /// One byte at a time, and never all of them.
  @Test
  void p11WhoDripsBytesInsideTlsIsLeft() throws IOException {
    TestNode b =
        nodes.node(2, TestNode.patient().with(new Timeouts(400, 5_000, 60_000, 1_000, 60_000)));
    Socket socket = dial(b, 1);
    socket.getOutputStream().write(TLS_BEGUN);
    boolean left = false;
    while (!left) {
      try {
        socket.getOutputStream().write(1);
        left = !b.events.isEmpty();
      } catch (IOException e) {
        left = true;
      }
    }
    assertFalse(b.await(Refused.class).reason().isEmpty());
  }

  @Test
  void p12ANewcomerTakesThePlaceOfTheYoungest() throws IOException {
    TestNode full = nodes.node(1, TestNode.patient(0, 4));
    List<TestNode> peers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      peers.add(nodes.node(2 + i, TestNode.patient()));
      peers.getLast().connect(full);
    }
    TestNode newcomer = nodes.node(9, TestNode.patient());
    newcomer.network.connect(full.address());
    assertEquals(
        "it said: it makes room for another peer",
        peers.getLast().await(PeerDisconnected.class).reason());
    newcomer.await(PeerConnected.class);
    assertEquals(peers.getLast().id(), full.await(PeerDisconnected.class).peer());
    assertEquals(newcomer.id(), full.await(PeerConnected.class).peer());
    assertTrue(peers.getFirst().events.isEmpty());
  }

  /// A bulk lane of nobody, and the lost half of a duel.
  @Test
  void p12WhoIsNotTakenInTakesNobodysPlace() throws Exception {
    TestNode full = nodes.node(1, TestNode.patient(0, 4));
    for (int i = 0; i < 4; i++) {
      nodes.node(2 + i, TestNode.patient()).connect(full);
      full.events.clear();
    }
    try (RawClient nobody = new RawClient(9, full.network.port())) {
      nobody.frame(new Handshake(Samples.hello(), Lane.BULK, 1).message());
      assertEquals("bulk without control", nobody.readClose());
    }
    full.await(Refused.class);
    assertEquals(4, full.network.peers().size());
  }

  @Test
  void p13WhoIsBannedIsNotDialledSuccessfullyEither() throws IOException {
    TestNode a = nodes.node(1, TestNode.patient());
    TestNode b = nodes.node(2, TestNode.patient());
    TreeMap<PublicKey, String> banned = new TreeMap<>();
    banned.put(b.id(), "it lied");
    a.network.admit(new Admission(new TreeSet<>(), new TreeSet<>(), banned));
    a.network.connect(b.address());
    assertEquals("it is banned for now: it lied", a.await(Refused.class).reason());
    b.await(PeerConnected.class);
    b.await(PeerDisconnected.class);
  }
}

package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import nimble.codec.Bytes;
import nimble.p2p.Admission;
import nimble.p2p.Hello;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent.PeerConnected;
import nimble.p2p.NetworkEvent.PeerDisconnected;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.NetworkEvent.Refused;
import nimble.p2p.PeerAddress;
import nimble.p2p.Samples;
import nimble.p2p.Sent;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The port over real sockets and TLS, all nodes on one loop thread.
final class NettyNetworkTest {
  private static final Message VOTE = new Message(Kind.VOTE, Bytes.utf8("a vote"));

  @RegisterExtension private final TestNodes nodes = new TestNodes();

  private TestNode node(int number) throws IOException {
    return node(number, Samples.hello());
  }

  private TestNode node(int number, Hello hello) throws IOException {
    return nodes.node(number, hello, TestNode.patient());
  }

  @Test
  void p1PeersKnowEachOtherByTheirKeys() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.network.connect(b.address());
    PeerConnected atA = a.await(PeerConnected.class);
    PeerConnected atB = b.await(PeerConnected.class);
    assertEquals(b.id(), atA.peer());
    assertEquals(a.id(), atB.peer());
    assertTrue(atA.outbound());
    assertFalse(atB.outbound());
    assertEquals(7, atB.hello().height());
    assertEquals(a.address(), atB.hello().listen().orElseThrow());
    assertEquals(new TreeSet<>(List.of(a.id())), b.network.peers());
  }

  /// The network's own thread takes peers in and out meanwhile.
  @Test
  void anyThreadMayAskWhoTheyAre() throws Exception {
    TestNode a = node(1);
    TestNode b = node(2);
    AtomicBoolean over = new AtomicBoolean();
    FutureTask<Boolean> asking =
        new FutureTask<>(() -> {
          boolean met = false;
          while (!over.get()) {
            met |= !a.network.peers().isEmpty();
          }
          return met;
        });
    Thread.ofPlatform().daemon().start(asking);
    try {
      for (int meeting = 0; meeting < 20; meeting++) {
        a.connect(b);
        a.network.disconnect(b.id(), "until next time");
        a.await(PeerDisconnected.class);
        b.await(PeerDisconnected.class);
      }
    } finally {
      over.set(true);
    }
    assertTrue(asking.get());
  }

  @Test
  void p1WrongIdentityIsRefusedReadably() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    TestNode c = node(3);
    a.network.connect(b.address().withPeer(c.id()));
    String atA = a.await(Refused.class).reason();
    String atB = b.await(Refused.class).reason();
    assertTrue(atA.contains("was dialled, but node"), atA);
    assertTrue(atB.contains("it dialled another node"), atB);
  }

  @Test
  void p5AnotherGenesisIsRefusedReadablyOnBothSides() throws IOException {
    TestNode a = node(1);
    Hash other = Samples.hash(new SplittableRandom(1));
    TestNode b = node(2, Samples.hello("test", other, 1));
    a.network.connect(b.address());
    String atA = a.await(Refused.class).reason();
    String atB = b.await(Refused.class).reason();
    assertEquals("it said: " + atB, atA);
    assertTrue(atB.startsWith("its genesis is 000000000000, this node's is "), atB);
    assertTrue(a.network.peers().isEmpty() && b.network.peers().isEmpty());
  }

  @Test
  void p5AnotherChainAndAnotherProtocolAreRefused() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2, Samples.hello("other", Hash.ZERO, 1));
    TestNode c = node(3, Samples.hello("test", Hash.ZERO, 2));
    a.network.connect(b.address());
    assertEquals("it is on chain test, this node on other", b.await(Refused.class).reason());
    a.await(Refused.class);
    a.network.connect(c.address());
    assertEquals("it speaks protocol 1 to 1, this node 2 to 2", c.await(Refused.class).reason());
  }

  @Test
  void nobodyListensThereIsToldInPlainWords() throws IOException {
    TestNode a = node(1);
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    a.network.connect(PeerAddress.of("127.0.0.1", free));
    assertEquals("nothing listens there", a.await(Refused.class).reason());
  }

  @Test
  void aNodeDoesNotTalkToItself() throws IOException {
    TestNode a = node(1);
    a.network.connect(a.address());
    assertEquals("it is this node itself", a.await(Refused.class).reason());
  }

  @Test
  void aPortInUseIsAClearError() throws IOException {
    TestNode a = node(1);
    IOException refused =
        assertThrows(
            IOException.class,
            () -> nodes.node(2, Samples.hello(), TestNode.patient(a.network.port(), 128)));
    assertTrue(
        String.valueOf(refused.getMessage())
            .startsWith("cannot listen on 127.0.0.1:" + a.network.port()),
        String.valueOf(refused.getMessage()));
  }

  @Test
  void p6MessagesArriveWholeAndInOrderOnEachLane() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    SplittableRandom random = new SplittableRandom(1);
    for (Lane lane : Lane.values()) {
      Kind kind = lane == Lane.CONTROL ? Kind.PROPOSAL : Kind.TENSOR;
      List<Bytes> sent = new ArrayList<>();
      for (int size : new int[] {0, 1, 262_144, 262_145, 600_000, 3, 1 << 20}) {
        sent.add(Samples.bytes(random, size));
      }
      for (TestNode from : List.of(a, b)) {
        TestNode to = from == a ? b : a;
        for (Bytes payload : sent) {
          assertEquals(Sent.QUEUED, from.network.send(to.id(), lane, new Message(kind, payload)));
        }
        for (Bytes payload : sent) {
          assertEquals(payload, to.awaitPayload(lane));
        }
      }
    }
  }

  @Test
  void bulkOpensAlsoForTheSideThatWasDialled() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    Bytes payload = Samples.bytes(new SplittableRandom(1), 5 << 20);
    b.network.send(a.id(), Lane.BULK, new Message(Kind.TENSOR, payload));
    assertEquals(payload, a.awaitPayload(Lane.BULK));
  }

  @Test
  void p8AFullListenerHoldsBulkBackAndControlPasses() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    b.takes = event -> !(event instanceof Received received && received.lane() == Lane.BULK);
    int count = 4;
    Message tensor = new Message(Kind.TENSOR, Samples.bytes(new SplittableRandom(1), 8 << 20));
    for (int i = 0; i < count; i++) {
      assertEquals(Sent.QUEUED, a.network.send(b.id(), Lane.BULK, tensor));
    }
    a.network.send(b.id(), Lane.CONTROL, VOTE);
    assertEquals(VOTE, b.await(Received.class).message());
    b.takes = event -> true;
    for (int i = 0; i < count; i++) {
      assertEquals(tensor.payload(), b.awaitPayload(Lane.BULK));
    }
  }

  /// Forty megabytes wait or are under way, not the quarter of a gigabyte that a lane may hold.
  @Test
  void p7WhoAsksForBlobsAndDoesNotReadThemCostsLittle() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    b.takes = event -> !(event instanceof Received);
    Message blobs = new Message(Kind.BLOBS, Samples.bytes(new SplittableRandom(1), 4 << 20));
    int queued = 0;
    while (a.network.send(b.id(), Lane.BULK, blobs) == Sent.QUEUED) {
      queued++;
    }
    assertTrue(queued >= 7 && queued < 20, queued + " queued");
    Message tensor = new Message(Kind.TENSOR, blobs.payload());
    assertEquals(Sent.QUEUED, a.network.send(b.id(), Lane.BULK, tensor));
  }

  @Test
  void p7AFullQueueRefusesAndLosesNothing() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    b.takes = event -> !(event instanceof Received);
    Message block = new Message(Kind.PROPOSAL, Samples.bytes(new SplittableRandom(1), 2 << 20));
    int queued = 0;
    while (a.network.send(b.id(), Lane.CONTROL, block) == Sent.QUEUED) {
      queued++;
    }
    b.takes = event -> true;
    for (int i = 0; i < queued; i++) {
      assertEquals(block.payload(), b.awaitPayload(Lane.CONTROL));
    }
    assertEquals(Sent.QUEUED, a.network.send(b.id(), Lane.CONTROL, VOTE));
    assertEquals(VOTE, b.await(Received.class).message());
  }

  @Test
  void p2SimultaneousOpenLeavesOneConnection() throws IOException {
    for (int round = 0; round < 10; round++) {
      TestNode a = node(1);
      TestNode b = node(2);
      a.network.connect(b.address().withPeer(b.id()));
      b.network.connect(a.address().withPeer(a.id()));
      boolean outboundAtA = a.await(PeerConnected.class).outbound();
      boolean outboundAtB = b.await(PeerConnected.class).outbound();
      assertTrue(outboundAtA != outboundAtB);
      a.network.send(b.id(), Lane.CONTROL, VOTE);
      b.network.send(a.id(), Lane.CONTROL, VOTE);
      assertEquals(VOTE, a.await(Received.class).message());
      assertEquals(VOTE, b.await(Received.class).message());
      a.close();
      a.await(PeerDisconnected.class);
      b.await(PeerDisconnected.class);
      b.close();
    }
  }

  @Test
  void p2ARestartedPeerReplacesItsOldConnection() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    TestNode again = node(1);
    again.network.connect(b.address());
    again.await(PeerConnected.class);
    assertEquals("replaced by a newer connection", b.await(PeerDisconnected.class).reason());
    assertFalse(b.await(PeerConnected.class).outbound());
    a.await(PeerDisconnected.class);
  }

  @Test
  void disconnectSaysWhyAfterWhatWasQueued() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    a.network.send(b.id(), Lane.CONTROL, VOTE);
    a.network.disconnect(b.id(), "enough");
    assertEquals(VOTE, b.await(Received.class).message());
    assertEquals("it said: enough", b.await(PeerDisconnected.class).reason());
    assertEquals("this node said: enough", a.await(PeerDisconnected.class).reason());
    assertEquals(Sent.NOT_CONNECTED, a.network.send(b.id(), Lane.CONTROL, VOTE));
  }

  @Test
  void theInboundCapHoldsExceptForReservedPeers() throws IOException {
    TestNode a = nodes.node(1, Samples.hello(), TestNode.patient(0, 1));
    TestNode b = node(2);
    TestNode c = node(3);
    TestNode d = node(4);
    b.connect(a);
    c.network.connect(a.address());
    assertEquals(
        "it said: this node has no room for more than 1 inbound peers",
        c.await(Refused.class).reason());
    a.await(Refused.class);
    a.network.admit(
        new Admission(new TreeSet<>(List.of(d.id())), new TreeSet<>(), new TreeMap<>()));
    d.connect(a);
  }

  @Test
  void bannedPeersAreDisconnectedAndToldWhy() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    TreeMap<PublicKey, String> banned = new TreeMap<>();
    banned.put(b.id(), "bad blocks");
    a.network.admit(new Admission(new TreeSet<>(), new TreeSet<>(), banned));
    assertEquals(
        "it said: it is banned for now: bad blocks", b.await(PeerDisconnected.class).reason());
    a.await(PeerDisconnected.class);
    b.network.connect(a.address());
    assertTrue(b.await(Refused.class).reason().endsWith("bad blocks"));
  }

  @Test
  void garbageOnThePortDisturbsNobody() throws IOException {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), b.network.port())) {
        socket.getOutputStream().write(Samples.bytes(random, 1 + random.nextInt(5_000)).toArray());
        socket.shutdownOutput();
        drain(socket.getInputStream());
      }
      assertFalse(b.await(Refused.class).reason().isEmpty());
    }
    a.network.send(b.id(), Lane.CONTROL, VOTE);
    assertEquals(VOTE, b.await(Received.class).message());
  }

  private static void drain(InputStream in) {
    try {
      in.readAllBytes();
    } catch (IOException e) {
      // A reset says the same as an end.
    }
  }

  @Test
  void p7ManyThreadsMaySend() throws Exception {
    TestNode a = node(1);
    TestNode b = node(2);
    a.connect(b);
    int each = 500;
    CountDownLatch done = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      Thread.ofVirtual()
          .start(() -> {
            for (int i = 0; i < each; i++) {
              a.network.send(b.id(), Lane.CONTROL, VOTE);
            }
            done.countDown();
          });
    }
    assertTrue(done.await(60, TimeUnit.SECONDS));
    for (int i = 0; i < 4 * each; i++) {
      assertEquals(VOTE, b.await(Received.class).message());
    }
  }
}

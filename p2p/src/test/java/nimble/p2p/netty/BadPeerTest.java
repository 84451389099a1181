package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Handshake;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkEvent.Misbehaved;
import nimble.p2p.NetworkEvent.PeerConnected;
import nimble.p2p.NetworkEvent.PeerDisconnected;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.NetworkEvent.Refused;
import nimble.p2p.Part;
import nimble.p2p.Samples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a node does about peers that speak TLS but not the protocol (rules P3, P4, P5, P10).
final class BadPeerTest {
  @RegisterExtension private final TestNodes nodes = new TestNodes();
  private TestNode node;

  @BeforeEach
  void start() throws IOException {
    node = nodes.node(1, TestNode.patient());
  }

  private RawClient client() throws IOException {
    return new RawClient(2, node.network.port());
  }

  private RawClient greeted() throws IOException {
    RawClient client = client();
    client.greet(Samples.hello());
    node.await(PeerConnected.class);
    return client;
  }

  /// Both sides get the reason, and the owner learns whose fault it was.
  private void endsBecause(RawClient client, String reason) throws IOException, Malformed {
    assertEquals(reason, client.readClose());
    assertEquals(reason, node.await(Misbehaved.class).reason());
    assertEquals(reason, node.await(PeerDisconnected.class).reason());
  }

  @Test
  void p3AnOversizedFrameClosesBeforeItsPayloadIsSent() throws Exception {
    try (RawClient client = greeted()) {
      client.frame(2 + Kind.VOTE.sizeMax(), Kind.VOTE.code(), Bytes.EMPTY);
      endsBecause(client, "VOTE of 4097 bytes, at most 4096");
    }
  }

  @Test
  void p3ALengthOfFourGigabytesCloses() throws Exception {
    try (RawClient client = greeted()) {
      client.frame(-1, Kind.TENSOR.code(), Bytes.EMPTY);
      endsBecause(client, "TENSOR of 4294967294 bytes, at most 268435456");
    }
  }

  @Test
  void p3AnUnknownKindCloses() throws Exception {
    try (RawClient client = greeted()) {
      client.frame(1, 0xee, Bytes.EMPTY);
      endsBecause(client, "message kind 0xee is unknown");
    }
  }

  @Test
  void p4ALargeMessageMustComeInParts() throws Exception {
    try (RawClient client = greeted()) {
      client.frame(2 + Part.DATA_MAX, Kind.TENSOR.code(), Bytes.EMPTY);
      endsBecause(client, "TENSOR of 262145 bytes in one frame");
    }
  }

  @Test
  void p4APartOutOfPlaceCloses() throws Exception {
    try (RawClient client = greeted()) {
      Bytes head = Part.head(Kind.TENSOR, 1_000_000, 500);
      client.frame(new Message(Kind.PART, Bytes.concat(head, Bytes.utf8("data"))));
      endsBecause(client, "part of TENSOR at 500 of 1000000, after 0 of 0 of PART");
    }
  }

  @Test
  void p5NothingComesBeforeHello() throws Exception {
    try (RawClient client = client()) {
      client.frame(new Message(Kind.VOTE, Bytes.EMPTY));
      assertEquals("VOTE before Hello", client.readClose());
      assertEquals("VOTE before Hello", node.await(Refused.class).reason());
    }
  }

  @Test
  void p5NoSecondHello() throws Exception {
    try (RawClient client = greeted()) {
      client.frame(new Handshake(Samples.hello(), Lane.CONTROL, 1).message());
      endsBecause(client, "a second Hello");
    }
  }

  @Test
  void bulkNeedsControl() throws Exception {
    try (RawClient client = client()) {
      client.frame(new Handshake(Samples.hello(), Lane.BULK, 1).message());
      assertEquals("bulk without control", client.readClose());
      node.await(Refused.class);
    }
  }

  @Test
  void p3TooOftenSlowsReadingDownAndLosesNothing() throws Exception {
    try (RawClient client = greeted()) {
      int count = Kind.MANIFEST_GET.perSecondMax() + 20;
      for (int i = 0; i < count; i++) {
        client.frame(new Message(Kind.MANIFEST_GET, Bytes.utf8("" + i)));
      }
      for (int i = 0; i < count; i++) {
        assertEquals(Bytes.utf8("" + i), node.awaitPayload(Lane.CONTROL));
      }
    }
  }

  @Test
  void p10RandomFramesEndOnlyTheirOwnConnection() throws Exception {
    try (TestNode good = nodes.node(3, TestNode.patient())) {
      good.connect(node);
      for (int seed = 0; seed < 8; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        try (RawClient client = greeted()) {
          scribble(client, random);
        }
        NetworkEvent event;
        do {
          event = node.await(NetworkEvent.class);
          assertFalse(event instanceof Refused, "seed " + seed);
        } while (!(event instanceof PeerDisconnected));
      }
      Message vote = new Message(Kind.VOTE, Bytes.utf8("still here"));
      good.network.send(node.id(), Lane.CONTROL, vote);
      assertEquals(vote, node.await(Received.class).message());
      assertTrue(good.events.isEmpty());
    }
  }

  private static void scribble(RawClient client, SplittableRandom random) {
    try {
      for (int i = 0; i < 50; i++) {
        int size = random.nextInt(200);
        List<Kind> kinds = List.of(Kind.values());
        Kind kind = kinds.get(random.nextInt(kinds.size()));
        client.frame(1 + size, kind.code(), Samples.bytes(random, size));
      }
    } catch (IOException e) {
      // The node has closed the connection: that is what it should do.
    }
  }
}

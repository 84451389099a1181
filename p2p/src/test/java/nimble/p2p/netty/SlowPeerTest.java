package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Handshake;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent.PeerConnected;
import nimble.p2p.NetworkEvent.PeerDisconnected;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.NetworkEvent.Refused;
import nimble.p2p.Part;
import nimble.p2p.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Peers that take their time, or come in crowds (rule P11). The node's own clock ends them: the
/// tests only wait for it.
final class SlowPeerTest {
  private static final int PER_ADDRESS_MAX = 3;

  @RegisterExtension private final TestNodes nodes = new TestNodes();

  private TestNode node(int handshakeMillis, int pingMillis, int silenceMillis) throws IOException {
    return node(1, handshakeMillis, pingMillis, silenceMillis);
  }

  private TestNode node(int number, int handshakeMillis, int pingMillis, int silenceMillis)
      throws IOException {
    Timeouts timeouts = new Timeouts(handshakeMillis, pingMillis, silenceMillis, 1_000, 60_000);
    return nodes.node(number, TestNode.patient().with(128, PER_ADDRESS_MAX).with(timeouts));
  }

  private Socket dial(TestNode node) throws IOException {
    return nodes.dial(node, InetAddress.getLoopbackAddress());
  }

  /// Whether the node has ended the connection, perhaps after some words.
  private static boolean ends(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      // A reset says the same as an end.
    }
    return true;
  }

  @Test
  void p11WhoSaysNothingIsLeft() throws IOException {
    TestNode node = node(300, 5_000, 60_000);
    assertTrue(ends(dial(node)));
    node.await(Refused.class);
  }

  @Test
  void p11WhoNeverEndsItsTlsGreetingIsLeft() throws IOException {
    TestNode node = node(300, 5_000, 60_000);
    Socket socket = dial(node);
    // A TLS record of a client's greeting that promises 512 bytes and brings one.
    socket.getOutputStream().write(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01});
    assertTrue(ends(socket));
    node.await(Refused.class);
  }

  @Test
  void p11WhoSpeaksTlsAndNeverGreetsIsLeft() throws IOException, Malformed {
    TestNode node = node(1_000, 5_000, 60_000);
    RawClient client = nodes.client(2, node);
    try {
      client.raw(Bytes.wrap(ByteBuffer.allocate(Integer.BYTES).putInt(300).array()));
      assertEquals("no Hello within 1000 ms", client.readClose());
    } catch (IOException e) {
      // A machine so busy that TLS took longer: left as well.
    }
    node.await(Refused.class);
  }

  /// One byte of an endless frame for each ping.
  @Test
  void p11WhoNeverEndsAFrameIsLeft() throws IOException {
    TestNode node = node(60_000, 100, 500);
    RawClient client = nodes.client(2, node);
    client.greet(Samples.hello());
    node.await(PeerConnected.class);
    client.frame(1 + Kind.VOTE.sizeMax(), Kind.VOTE.code(), Bytes.EMPTY);
    Kind heard = client.readKind();
    while (heard == Kind.PING) {
      client.raw(Bytes.wrap(new byte[1]));
      heard = client.readKind();
    }
    assertEquals(Kind.CLOSE, heard);
    assertEquals("silent for 500 ms", node.await(PeerDisconnected.class).reason());
  }

  /// It goes on pinging.
  @Test
  void p4WhoNeverEndsAMessageIsLeft() throws IOException, Malformed {
    Timeouts timeouts = new Timeouts(60_000, 100, 60_000, 1_000, 500);
    TestNode node = nodes.node(1, TestNode.patient().with(timeouts));
    RawClient client = nodes.client(2, node);
    client.greet(Samples.hello());
    Bytes head = Part.head(Kind.TENSOR, Kind.TENSOR.sizeMax(), 0);
    client.frame(new Message(Kind.PART, Bytes.concat(head, Bytes.wrap(new byte[1_000]))));
    client.frame(Handshake.PING);
    assertEquals("a message is not whole after 500 ms", client.readClose());
  }

  /// It goes on pinging. What its own side takes of the stream without reading it is bounded (P8),
  /// so that the node still has something for it.
  @Test
  void p7WhoAsksForBlobsAndReadsNothingIsLeft() throws IOException {
    TestNode node = node(60_000, 100, 500);
    TestNode asks = node(2, 60_000, 100, 60_000);
    asks.takes = event -> !(event instanceof Received);
    asks.connect(node);
    Message blobs = new Message(Kind.BLOBS, Bytes.wrap(new byte[4 << 20]));
    for (int i = 0; i < 7; i++) {
      node.network.send(asks.id(), Lane.BULK, blobs);
    }
    node.await(PeerDisconnected.class);
  }

  @Test
  void p11OneAddressHasALimitedNumberOfConnections() throws IOException {
    TestNode node = node(60_000, 5_000, 60_000);
    List<Socket> first = new ArrayList<>();
    for (int i = 0; i < PER_ADDRESS_MAX; i++) {
      first.add(dial(node));
    }
    assertTrue(ends(dial(node)));
    first.getFirst().close();
    node.await(Refused.class);
    RawClient client = nodes.client(2, node);
    client.greet(Samples.hello());
    node.await(PeerConnected.class);
  }
}

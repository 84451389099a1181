package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.p2p.Hello;
import nimble.p2p.Lane;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkEvent.PeerConnected;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.PeerAddress;
import nimble.p2p.Relaying;
import nimble.types.PublicKey;

/// A network and the events that it told, for a test to wait on.
final class TestNode implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;
  private static final Timeouts PATIENT = new Timeouts(60_000, 5_000, 60_000, 1_000, 60_000);

  final BlockingQueue<NetworkEvent> events = new LinkedBlockingQueue<>();
  final NettyNetwork network;
  volatile Predicate<NetworkEvent> takes = event -> true;

  /// With whom everybody may connect, who waits long.
  static Settings patient() {
    return patient(0, 128);
  }

  /// Settings that wait long: a busy machine is no fault.
  static Settings patient(int port, int inboundMax) {
    return Settings.at("127.0.0.1", port).with(inboundMax, 64).with(PATIENT);
  }

  /// Of a node that nobody can dial.
  static Settings hidden() {
    return patient(Settings.NOWHERE, 128);
  }

  TestNode(int number, Hello hello, NetworkThreads group, Settings settings) throws IOException {
    byte[] seed = new byte[SigningKey.SEED_SIZE];
    seed[0] = (byte) number;
    network =
        NettyNetwork.open(
            settings, SigningKey.fromSeed(Bytes.wrap(seed)), hello, () -> 7, group, this::offer);
  }

  private boolean offer(NetworkEvent event) {
    return takes.test(event) && events.add(event);
  }

  PublicKey id() {
    return network.self();
  }

  PeerAddress address() {
    return PeerAddress.of("127.0.0.1", network.port());
  }

  void connect(TestNode other) {
    network.connect(other.address().withPeer(other.id()));
    await(PeerConnected.class);
    other.await(PeerConnected.class);
  }

  PeerAddress keyed() {
    return address().withPeer(id());
  }

  /// This node, which listens nowhere, is reached through `relay` from here on.
  void isReachedThrough(TestNode relay) {
    connect(relay);
    network.relay(new Relaying(new TreeSet<>(List.of(relay.id())), new TreeSet<>()));
    relay.network.relay(new Relaying(new TreeSet<>(), new TreeSet<>(List.of(id()))));
  }

  /// The next event, which must be of this type.
  <T extends NetworkEvent> T await(Class<T> type) {
    try {
      NetworkEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(event, "no event, waiting for " + type.getSimpleName());
      return type.cast(event);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Bytes awaitPayload(Lane lane) {
    Received received = await(Received.class);
    if (received.lane() != lane) {
      throw new AssertionError("%s on %s".formatted(received.message(), received.lane()));
    }
    return received.message().payload();
  }

  @Override
  public void close() {
    network.close();
  }
}

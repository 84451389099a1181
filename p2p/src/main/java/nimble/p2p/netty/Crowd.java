package nimble.p2p.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nimble.p2p.PeerAddress;
import nimble.p2p.TokenBucket;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// All connections of a network, and the limits on those that others dialled (rule P11). Lives on
/// the network's loop.
final class Crowd {
  static final int HANDSHAKES_MAX = 128;
  static final int HANDSHAKES_PER_SECOND_MAX = 50;

  private final Settings settings;
  private final EventLoop loop;
  private final Budget strangersParts = new Budget(Incoming.STRANGERS_BYTES_MAX);
  private final Set<Connection> connections = new LinkedHashSet<>();
  private @Nullable TokenBucket pace;
  private @Nullable Channel door;

  Crowd(Settings settings, EventLoop loop) {
    this.settings = settings;
    this.loop = loop;
  }

  /// What those who are not trusted hold in messages that are not whole (rule P4).
  Budget strangersParts() {
    return strangersParts;
  }

  /// @param listening what is not accepted from while strangers come too fast
  void comesThrough(Channel listening) {
    door = listening;
  }

  /// Whether one that dialled this node may greet. When too many do, the most crowded address makes
  /// room.
  boolean lets(Channel channel, long nowMillis) {
    if (channel.remoteAddress() instanceof InetSocketAddress remote
        && dialledFrom(remote.getAddress()) >= settings.perAddressMax()) {
      return false;
    }
    slowDown(nowMillis);
    List<Connection> greeting = greeting();
    if (greeting.size() >= HANDSHAKES_MAX) {
      crowded(greeting).ifPresent(Connection::closeNow);
    }
    return true;
  }

  private void slowDown(long nowMillis) {
    TokenBucket tokens = pace;
    if (tokens == null) {
      tokens = new TokenBucket(HANDSHAKES_PER_SECOND_MAX, nowMillis);
      pace = tokens;
    }
    long waitMillis = tokens.take(nowMillis);
    Channel listening = door;
    if (waitMillis > 0 && listening != null && listening.config().isAutoRead()) {
      listening.config().setAutoRead(false);
      loop.schedule(() -> listening.config().setAutoRead(true), waitMillis, TimeUnit.MILLISECONDS);
    }
  }

  private long dialledFrom(InetAddress address) {
    return connections.stream()
        .filter(it -> !it.isOutbound() && address.equals(it.remote().getAddress()))
        .count();
  }

  /// One that made room is still among the connections until its loop has heard that it is closed.
  private List<Connection> greeting() {
    return connections.stream()
        .filter(it -> !it.isOutbound() && !it.isOpen() && !it.isGone())
        .toList();
  }

  /// The oldest of the address with the most.
  private static Optional<Connection> crowded(List<Connection> greeting) {
    Map<String, List<Connection>> byHost = new LinkedHashMap<>();
    greeting.forEach(
        it -> byHost.computeIfAbsent(it.remoteHost(), host -> new ArrayList<>()).add(it));
    return byHost.values().stream()
        .max((a, b) -> Integer.compare(a.size(), b.size()))
        .map(List::getFirst);
  }

  /// How many that were dialled to this node came through `relay`.
  long through(PublicKey relay) {
    return connections.stream()
        .filter(it -> !it.isOutbound())
        .filter(it -> it.relay().flatMap(PeerAddress::peer).equals(Optional.of(relay)))
        .count();
  }

  void add(Connection connection) {
    connections.add(connection);
  }

  void remove(Connection connection) {
    connections.remove(connection);
  }

  List<Connection> all() {
    return List.copyOf(connections);
  }

  boolean isEmpty() {
    return connections.isEmpty();
  }
}

package nimble.node.doctor;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.api.v1.ReachView;
import nimble.p2p.relay.Reach;

/// Whether others can reach this node: as it found out itself when it runs, else by this machine's
/// addresses.
final class ReachCheck {
  private static final String CHECK = "router";
  private static final String STAY =
      "or stay without: peers relay for it (p2p.relay), which is enough to follow and to mine";

  private ReachCheck() {}

  /// What the running node says.
  static Finding told(ReachView reach) {
    String state = reach.getState().toLowerCase(Locale.ROOT);
    return switch (state(reach)) {
      case PUBLIC -> Finding.ok(CHECK, "none in the way: %s", reach.getWhy());
      case RELAYED ->
          Finding.ok(
              CHECK,
              "behind one (%s), and reached through %d relays: %s",
              reach.getWhy(),
              reach.getRelaysCount(),
              String.join(", ", reach.getRelaysList()));
      case UNREACHABLE ->
          Finding.warn(
              CHECK,
              "behind one (%s), and nobody relays for it".formatted(reach.getWhy()),
              "forward its port to this machine, or give it peers that can be dialled (p2p.peers):"
                  + " it asks those that it dials to relay for it");
      case UNKNOWN ->
          Finding.unknown(
              CHECK,
              "%s: %s".formatted(state, reach.getWhy()),
              "wait until it has dialled a peer, or set p2p.relay to auto");
    };
  }

  private static Reach.State state(ReachView reach) {
    for (Reach.State state : Reach.State.values()) {
      if (state.name().equals(reach.getState())) {
        return state;
      }
    }
    return Reach.State.UNKNOWN;
  }

  /// Judged by this machine's own addresses; nobody outside is asked.
  static Finding seen(Optional<InetSocketAddress> at) {
    if (at.isEmpty()) {
      return Finding.ok(CHECK, "the node takes no connections: it is reached through relays");
    }
    int port = at.get().getPort();
    try {
      InetAddress listen = InetAddress.getByName(at.get().getHostString());
      if (listen.isLoopbackAddress()) {
        return Finding.warn(
            CHECK,
            "the node listens on loopback: only this machine dials it",
            "set p2p.listen to 0.0.0.0:%d to be dialled, %s".formatted(port, STAY));
      }
      List<InetAddress> open = addresses().stream().filter(ReachCheck::isPublic).toList();
      if (!open.isEmpty()) {
        return Finding.ok(CHECK, "none: this machine has the public address %s", open.getFirst());
      }
      return Finding.warn(
          CHECK,
          "behind one: the addresses here are private (%s)".formatted(shown()),
          "forward TCP port %d to this machine, %s".formatted(port, STAY));
    } catch (IOException e) {
      return Finding.unknown(
          CHECK, String.valueOf(e.getMessage()), "check p2p.listen and the network's settings");
    }
  }

  private static String shown() throws SocketException {
    List<String> shown = addresses().stream().map(InetAddress::getHostAddress).toList();
    return shown.isEmpty() ? "none but loopback" : String.join(", ", shown);
  }

  private static List<InetAddress> addresses() throws SocketException {
    List<InetAddress> found = new ArrayList<>();
    for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
      if (card.isUp() && !card.isLoopback()) {
        card.inetAddresses().filter(it -> !it.isLinkLocalAddress()).forEach(found::add);
      }
    }
    return found;
  }

  /// Neither a private range, nor one that providers share among customers, nor a local IPv6 one.
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean shared =
        address instanceof Inet4Address && bytes[0] == 100 && (bytes[1] & 0xc0) == 0x40;
    boolean local6 = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
    return !address.isSiteLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isAnyLocalAddress()
        && !shared
        && !local6;
  }
}

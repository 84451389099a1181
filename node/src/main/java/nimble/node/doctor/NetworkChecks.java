package nimble.node.doctor;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import nimble.p2p.PeerAddress;

/// Ports, peers, and whether others can reach this machine.
final class NetworkChecks {
  private static final int CONNECT_MILLIS = 3_000;

  private NetworkChecks() {}

  /// @param running whether this node runs now: then its ports are taken by itself
  static Finding port(String setting, String host, int port, boolean running) {
    if (port == 0) {
      return Finding.warn(
          setting, "any free port", "name one: others cannot keep the address of this node");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      return Finding.ok(setting, "port %d of %s is free", port, host);
    } catch (IOException e) {
      return running
          ? Finding.ok(setting, "port %d of %s is taken, and the node runs", port, host)
          : Finding.fail(
              setting,
              "cannot listen on %s:%d: %s".formatted(host, port, e.getMessage()),
              "stop what uses the port, or choose another for " + setting);
    }
  }

  static List<Finding> peers(List<PeerAddress> peers) {
    if (peers.isEmpty()) {
      return List.of(
          Finding.warn(
              "peers", "none are named", "name some in p2p.peers, or wait for others to connect"));
    }
    return peers.stream().map(NetworkChecks::reach).toList();
  }

  private static Finding reach(PeerAddress peer) {
    String check = "peer %s:%d".formatted(peer.host(), peer.port());
    long started = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(peer.host(), peer.port()), CONNECT_MILLIS);
      return Finding.ok(check, "answers in %d ms", (System.nanoTime() - started) / 1_000_000);
    } catch (IOException e) {
      return Finding.fail(
          check,
          "does not answer: " + e.getMessage(),
          "ask its operator, check the address and any firewall between");
    }
  }

  /// Judged by this machine's own addresses; nobody outside is asked.
  static Finding router(String listenHost, int port) {
    try {
      InetAddress listen = InetAddress.getByName(listenHost);
      if (listen.isLoopbackAddress()) {
        return Finding.warn(
            "router",
            "the node listens on loopback: only this machine reaches it",
            "set p2p.listen to 0.0.0.0:%d to be reached; a miner needs not be".formatted(port));
      }
      List<InetAddress> open = addresses().stream().filter(NetworkChecks::isPublic).toList();
      if (!open.isEmpty()) {
        return Finding.ok(
            "router", "none: this machine has the public address %s", open.getFirst());
      }
      return Finding.warn(
          "router",
          "behind one: the addresses here are private (%s)".formatted(shown()),
          """
          forward TCP port %d to this machine, or stay without: the node then keeps the connections \
          that it opens itself, which is enough to follow and to mine\
          """
              .formatted(port));
    } catch (IOException e) {
      return Finding.unknown(
          "router", String.valueOf(e.getMessage()), "check p2p.listen and the network's settings");
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

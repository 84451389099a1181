package nimble.node.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import nimble.p2p.PeerAddress;

/// Ports and peers.
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
}

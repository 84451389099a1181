package nimble.node.crash;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Ports that a node can come back to: none that the system gives to outgoing connections.
final class Ports {
  private static final int FIRST = 12_000;
  private static final int LAST = 30_000;
  private static final int TRIES_MAX = 10_000;

  private Ports() {}

  static List<Integer> free(int count) throws IOException {
    SplittableRandom random = new SplittableRandom();
    TreeSet<Integer> found = new TreeSet<>();
    for (int i = 0; i < TRIES_MAX && found.size() < count; i++) {
      int port = random.nextInt(FIRST, LAST);
      if (isFree(port)) {
        found.add(port);
      }
    }
    if (found.size() < count) {
      throw new IOException("no free ports between %d and %d".formatted(FIRST, LAST));
    }
    return List.copyOf(found);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}

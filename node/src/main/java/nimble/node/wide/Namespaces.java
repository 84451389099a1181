package nimble.node.wide;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;

/// Network namespaces of this process (X3).
final class Namespaces implements AutoCloseable {
  private final String prefix = "nmb%d".formatted(ProcessHandle.current().pid());
  private final List<String> made = new ArrayList<>();

  Namespaces(int hosts) throws IOException, InterruptedException {
    Invariant.check(hosts > 0 && hosts <= Wires.HOSTS_MAX, "%d hosts", hosts);
    try {
      for (int host = 0; host < hosts; host++) {
        add(name(host));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  void add(String name) throws IOException, InterruptedException {
    Commands.run("ip", "netns", "add", name);
    made.add(name);
    Commands.run("ip", "-n", name, "link", "set", "lo", "up");
  }

  String name(int host) {
    return prefix + "-" + host;
  }

  String hub() {
    return prefix + "-hub";
  }

  List<String> on(int host) {
    return List.of("ip", "netns", "exec", name(host));
  }

  /// What is in a namespace goes with it.
  @Override
  public void close() throws IOException, InterruptedException {
    for (String name : made.reversed()) {
      Commands.run("ip", "netns", "del", name);
    }
    made.clear();
  }
}

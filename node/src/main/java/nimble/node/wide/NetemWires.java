package nimble.node.wide;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Veth pairs into a namespace with bridges, and `tc netem` at both ends of each (X2).
final class NetemWires implements Wires {
  private static final String DEVICE = "wide";
  private static final int QUEUE_PACKETS = 20_000;

  private final Namespaces namespaces;
  private final int lossPercent;
  private final TreeSet<Integer> bridges = new TreeSet<>();

  NetemWires(int hosts, int lossPercent) throws IOException, InterruptedException {
    this.namespaces = new Namespaces(hosts);
    this.lossPercent = lossPercent;
    try {
      namespaces.add(namespaces.hub());
      for (int host = 0; host < hosts; host++) {
        connect(host);
        shape(host, "add", 0);
      }
      List<Integer> together = new ArrayList<>();
      for (int host = 0; host < hosts; host++) {
        together.add(0);
      }
      split(together);
    } catch (IOException e) {
      namespaces.close();
      throw e;
    }
  }

  private void connect(int host) throws IOException, InterruptedException {
    String name = namespaces.name(host);
    String hub = namespaces.hub();
    Commands.run(
        "ip",
        "-n",
        name,
        "link",
        "add",
        DEVICE,
        "type",
        "veth",
        "peer",
        "name",
        port(host),
        "netns",
        hub);
    Commands.run("ip", "-n", name, "addr", "add", Wires.address(host) + "/16", "dev", DEVICE);
    Commands.run("ip", "-n", name, "link", "set", DEVICE, "up");
    Commands.run("ip", "-n", hub, "link", "set", port(host), "up");
  }

  private static String port(int host) {
    return "port" + host;
  }

  private void shape(int host, String verb, int millis) throws IOException, InterruptedException {
    String delay = millis + "ms";
    String limit = Integer.toString(QUEUE_PACKETS);
    Commands.run(
        "tc",
        "-n",
        namespaces.name(host),
        "qdisc",
        verb,
        "dev",
        DEVICE,
        "root",
        "netem",
        "delay",
        delay,
        "loss",
        lossPercent + "%",
        "limit",
        limit);
    Commands.run(
        "tc",
        "-n",
        namespaces.hub(),
        "qdisc",
        verb,
        "dev",
        port(host),
        "root",
        "netem",
        "delay",
        delay,
        "limit",
        limit);
  }

  @Override
  public String kind() {
    return "netem";
  }

  @Override
  public List<String> on(int host) {
    return namespaces.on(host);
  }

  @Override
  public void delay(int host, int millis) throws IOException, InterruptedException {
    shape(host, "change", millis);
  }

  /// A bridge for each group.
  @Override
  public void split(List<Integer> groups) throws IOException, InterruptedException {
    String hub = namespaces.hub();
    for (int host = 0; host < groups.size(); host++) {
      int group = groups.get(host);
      String bridge = "group" + group;
      if (bridges.add(group)) {
        Commands.run("ip", "-n", hub, "link", "add", bridge, "type", "bridge");
        Commands.run("ip", "-n", hub, "link", "set", bridge, "up");
      }
      Commands.run("ip", "-n", hub, "link", "set", port(host), "master", bridge);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    namespaces.close();
  }
}

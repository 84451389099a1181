package nimble.consensus.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.sim.Sim;

/// Delays, reorders, drops and doubles packets, and splits in two, until it heals.
final class Network {
  private static final int DELAY_MAX_MILLIS = 40;
  private static final int STRAY_MAX_MILLIS = 1_000;

  private final Sim sim;
  private final List<Node> nodes = new ArrayList<>();
  private final int lossPercent;
  private List<Boolean> sides = List.of();
  private boolean healed;

  Network(Sim sim, int lossPercent) {
    this.sim = sim;
    this.lossPercent = lossPercent;
  }

  void add(Node node) {
    nodes.add(node);
  }

  void split() {
    sides = nodes.stream().map(_ -> sim.random().nextBoolean()).toList();
  }

  void join() {
    sides = List.of();
  }

  void heal() {
    join();
    healed = true;
  }

  /// To every node of that index: twins hear the same.
  void send(Node from, int index, Packet packet) {
    for (Node to : nodes) {
      if (to.index() == index && to != from) {
        send(from, to, packet);
      }
    }
  }

  private void send(Node from, Node to, Packet packet) {
    SplittableRandom random = sim.random();
    if (!sides.isEmpty() && !sides.get(from.id()).equals(sides.get(to.id()))) {
      return;
    }
    int copies = healed || random.nextInt(20) != 0 ? 1 : 2;
    for (int i = 0; i < copies; i++) {
      if (healed || random.nextInt(100) >= lossPercent) {
        boolean strays = !healed && random.nextInt(50) == 0;
        int delay = random.nextInt(1, strays ? STRAY_MAX_MILLIS : DELAY_MAX_MILLIS);
        sim.after(delay, () -> to.receive(from, packet));
      }
    }
  }
}

package nimble.consensus.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.consensus.Committee;
import nimble.consensus.Engine;
import nimble.consensus.Input;
import nimble.consensus.Proposal;
import nimble.consensus.Timing;
import nimble.sim.Sim;
import nimble.types.Hash;

/// Nodes, network and referee of one run.
public final class World {
  private static final Timing TIMING = new Timing(300, 600, 200, 100, 2_000);
  private static final int EVENTS_MAX = 3_000_000;
  private static final long PROGRESS_MAX_MILLIS = 60_000;
  private static final int PROGRESS_BLOCKS = 5;
  private static final int RECENT_MAX = 200;

  private final Setup setup;
  private final Engines engines;
  private final Sim sim;
  private final Network network;
  private final Library library = new Library();
  private final Referee referee;
  private final List<Node> nodes = new ArrayList<>();
  private final ArrayDeque<String> recent = new ArrayDeque<>();
  private long traceDigest;
  private long steps;

  public World(Setup setup, Engines engines) {
    this.setup = setup;
    this.engines = engines;
    this.sim = new Sim(setup.seed(), EVENTS_MAX);
    this.network = new Network(sim, setup.lossPercent());
    this.referee = new Referee(setup, library, this::leaderOf);
    for (int index = 0; index < setup.weights().size(); index++) {
      Optional<Fault> fault = Optional.ofNullable(setup.faults().get(index));
      add(index, fault);
      if (fault.equals(Optional.of(Fault.TWIN))) {
        add(index, fault);
      }
    }
  }

  private void add(int index, Optional<Fault> fault) {
    Optional<Behaviour> behaviour =
        fault.filter(kind -> kind != Fault.AMNESIAC).map(Fault::behaviour);
    Node node = new Node(nodes.size(), this, index, behaviour);
    nodes.add(node);
    network.add(node);
    referee.add(node);
  }

  /// The same validators in every epoch, in other turns.
  Committee committee(int index, long epoch) {
    return new Committee(epoch, setup.weights(), index, view -> leaderOf(epoch, view));
  }

  int leaderOf(long epoch, long view) {
    long point = Keys.mix(view ^ setup.seed() << 20 ^ epoch << 40);
    return (int) Long.remainderUnsigned(point, setup.weights().size());
  }

  /// Chaos, healing, then progress within the bound; throws an `AssertionError` that names the seed
  /// otherwise, or when an invariant breaks.
  public void run() {
    runChaos();
    int goal = referee.height() + PROGRESS_BLOCKS;
    long deadline = sim.nowMillis() + PROGRESS_MAX_MILLIS;
    sim.invariant(() -> referee.inTime(sim.nowMillis() <= deadline));
    sim.runUntil(() -> referee.allReached(goal));
  }

  /// The first half of [#run]: only safety is asked for.
  public void runChaos() {
    nodes.forEach(node -> sim.after(0, () -> node.start(List.of())));
    plan();
    sim.runUntil(() -> sim.nowMillis() > setup.chaosMillis());
  }

  private void plan() {
    SplittableRandom random = sim.random();
    for (int i = 0; i < setup.splits(); i++) {
      long at = random.nextLong(setup.chaosMillis());
      sim.after(at, network::split);
      sim.after(at + random.nextLong(200, 2_000), network::join);
    }
    for (int i = 0; i < setup.crashes(); i++) {
      Node node = nodes.get(random.nextInt(nodes.size()));
      crash(node, random.nextLong(setup.chaosMillis()), node::restart);
    }
    for (Node node : nodes) {
      if (setup.faults().get(node.index()) == Fault.AMNESIAC) {
        crash(node, random.nextLong(setup.chaosMillis()), node::restartWithoutLog);
      }
    }
    sim.after(setup.chaosMillis(), network::heal);
    sim.after(setup.chaosMillis() + 1, () -> {});
  }

  private void crash(Node node, long at, Runnable restart) {
    sim.after(
        at,
        () -> {
          if (node.isUp()) {
            node.crash();
            boolean quick = sim.random().nextBoolean();
            sim.after(sim.random().nextLong(1, quick ? 30 : 1_500), restart);
          }
        });
  }

  /// @param genesis the payload that ended the epoch before
  Engine engine(Node node, Hash genesis) {
    return node.isHonest()
        ? engines.create(node.committee(), TIMING, genesis)
        : new Engine(node.committee(), TIMING, genesis);
  }

  Sim sim() {
    return sim;
  }

  Network network() {
    return network;
  }

  Library library() {
    return library;
  }

  Referee referee() {
    return referee;
  }

  void trace(Node node, Input input) {
    String line = sim.nowMillis() + " " + node.id() + " " + input;
    traceDigest = Keys.mix(traceDigest ^ line.hashCode());
    steps++;
    recent.add(line);
    if (recent.size() > RECENT_MAX) {
      recent.remove();
    }
  }

  /// Equal for equal runs.
  public String trace() {
    return "%d steps, %016x, height %d at %d ms"
        .formatted(steps, traceDigest, referee.height(), sim.nowMillis());
  }

  /// Epochs that have begun on some node after the first one.
  public long epochs() {
    return nodes.stream().mapToLong(node -> node.engine().epoch()).max().orElse(0);
  }

  /// How many views the blocks of this epoch took, beyond one each.
  public long viewsSkipped() {
    Node node = nodes.getFirst();
    Proposal last = node.engine().lastFinal();
    return last.view() - (referee.heightOf(last.digest()) - referee.heightOf(node.genesis()));
  }

  /// The last inputs, for whoever looks into a failure.
  public List<String> recent() {
    return List.copyOf(recent);
  }
}

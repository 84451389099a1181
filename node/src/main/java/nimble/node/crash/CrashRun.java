package nimble.node.crash;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import nimble.genesis.Parameters;
import nimble.node.client.ClientFailure;
import nimble.node.devnet.ChildNode;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.DevnetHome;
import nimble.node.devnet.NodeKeys;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.Setting;
import nimble.p2p.PeerAddress;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.PowerLoss;

/// Kills and starts again, as often as planned, and looks on (K1 to K7).
public final class CrashRun {
  /// How many are killed at once.
  private enum Blow {
    ONE,
    TWO,
    ALL
  }

  private static final List<String> QUICK_START =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          // The node's own words are what is read of its output.
          "-Xlog:disable",
          "-Xlog:all=error:stderr");

  private static final int HEAP_MEGABYTES = 128;
  private static final int QUIET_MILLIS_MAX = 900;
  private static final int DEAD_MILLIS_MAX = 300;
  private static final int START_MILLIS_MAX = 2_000;
  private static final long PATIENCE_MILLIS = 600_000;

  private final Plan plan;
  private final Consumer<String> story;
  private final SplittableRandom random;
  private final Devnet devnet;
  private final Witness witness;
  private final VoteBook votes = new VoteBook();
  private final Remains remains = new Remains(votes);
  private final List<Survivor> nodes = new ArrayList<>();
  private final Map<Blow, Times> ready = new EnumMap<>(Blow.class);
  private final Times readyProcessor = new Times();
  private final Times stops = new Times();
  private int kills;
  private int killsInStart;
  private int powerLosses;
  private int tornFiles;

  private CrashRun(Plan plan, Consumer<String> story) {
    this.plan = plan;
    this.story = story;
    this.random = new SplittableRandom(plan.seed());
    this.devnet = Devnet.fresh(plan.validators(), 0, Parameters.devnet());
    this.witness = new Witness(plan.validators());
    Arrays.stream(Blow.values()).forEach(blow -> ready.put(blow, new Times()));
  }

  /// @param story told a line per cycle
  public static ObjectNode run(Plan plan, Consumer<String> story)
      throws IOException,
          Mistake,
          DataDirectory.Refused,
          InterruptedException,
          ClientFailure,
          Broken {
    long started = System.nanoTime();
    CrashRun run = new CrashRun(plan, story);
    try {
      run.prepare();
      run.start(run.nodes);
      try (Load _ = Load.start(run.nodes, run.accounts(), run.witness, plan.seed())) {
        run.awaitGrowth();
        for (int cycle = 1; cycle <= plan.cycles(); cycle++) {
          run.cycle(cycle);
        }
      }
      run.end();
      return run.report((System.nanoTime() - started) / 1_000_000_000);
    } finally {
      for (Survivor node : run.nodes) {
        node.kill();
      }
    }
  }

  private void prepare() throws IOException, Mistake, DataDirectory.Refused, InterruptedException {
    StartCache cache = StartCache.in(plan.home().resolve("start"));
    DevnetHome home = new DevnetHome(plan.home());
    List<Integer> ports = Ports.free(plan.validators());
    home.writeGenesis(devnet);
    for (int i = 0; i < plan.validators(); i++) {
      home.writeValidator(devnet, i, Map.of(Setting.LOG, "debug"));
      Files.createDirectories(PowerLoss.notes(home.validator(i)));
      ChildNode.Order order =
          new ChildNode.Order(
              "validator" + i,
              home.validator(i),
              plan.mainClass(),
              HEAP_MEGABYTES,
              cache.classPath(),
              QUICK_START,
              arguments(i, ports));
      if (i == 0) {
        cache.train(order);
      }
      List<String> flags = new ArrayList<>(cache.flags());
      flags.add("-Djava.io.tmpdir=" + Survivor.scratch(home.validator(i)));
      nodes.add(new Survivor(i, order.with(flags), witness));
    }
  }

  private List<String> arguments(int index, List<Integer> ports) {
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < plan.validators(); i++) {
      if (i != index) {
        PeerAddress address = PeerAddress.of("127.0.0.1", ports.get(i));
        peers.add(address.withPeer(devnet.validators().get(i).hot().publicKey()).toString());
      }
    }
    return List.of(
        "--role",
        "validator",
        "--tasks",
        "1",
        "--api",
        "127.0.0.1:0",
        "--listen",
        "127.0.0.1:" + ports.get(index),
        "--peer",
        String.join(",", peers));
  }

  private List<NodeKeys> accounts() {
    List<NodeKeys> accounts = new ArrayList<>(devnet.validators());
    accounts.add(devnet.developer());
    return accounts;
  }

  private void start(List<Survivor> some) throws IOException, InterruptedException, Broken {
    for (Survivor node : some) {
      node.start();
    }
    for (Survivor node : some) {
      node.meet();
    }
  }

  private void cycle(int number) throws IOException, InterruptedException, Broken, ClientFailure {
    Blow blow = draw();
    List<Survivor> victims = victims(blow);
    pass(random.nextInt(QUIET_MILLIS_MAX));
    kill(victims);
    pass(random.nextInt(DEAD_MILLIS_MAX));
    boolean again = random.nextInt(5) == 0;
    if (again) {
      for (Survivor victim : victims) {
        victim.start();
      }
      pass(random.nextInt(START_MILLIS_MAX));
      killsInStart += victims.size();
      kill(victims);
    }
    long height = witness.height();
    start(victims);
    long slowest = 0;
    for (Survivor victim : victims) {
      awaitShown(victim, height);
      long millis = victim.ageMillis();
      Objects.requireNonNull(ready.get(blow)).add(millis);
      readyProcessor.add(victim.processorMillis());
      slowest = Math.max(slowest, millis);
    }
    awaitGrowth();
    story.accept(
        "cycle %d of %d: killed %s%s at height %d, ready after %d ms"
            .formatted(
                number,
                plan.cycles(),
                victims.stream().map(Survivor::index).toList(),
                again ? " twice" : "",
                height,
                slowest));
  }

  private Blow draw() {
    int dice = random.nextInt(10);
    return dice < 7 ? Blow.ONE : dice < 9 ? Blow.TWO : Blow.ALL;
  }

  private List<Survivor> victims(Blow blow) {
    int count =
        switch (blow) {
          case ONE -> 1;
          case TWO -> 2;
          case ALL -> nodes.size();
        };
    List<Survivor> drawn = new ArrayList<>(nodes);
    for (int i = drawn.size() - 1; i > 0; i--) {
      Collections.swap(drawn, i, random.nextInt(i + 1));
    }
    return drawn.subList(0, count);
  }

  private void kill(List<Survivor> victims) throws IOException, InterruptedException, Broken {
    for (Survivor victim : victims) {
      victim.kill();
      kills++;
    }
    for (Survivor victim : victims) {
      if (random.nextBoolean()) {
        powerLosses++;
        tornFiles += PowerLoss.strike(victim.order().home(), random);
      }
      remains.examine(victim);
    }
  }

  /// Nothing is waited for here: the moments of the blows are what is random.
  private void pass(int millis) throws InterruptedException, Broken {
    witness.await(millis, () -> false);
  }

  /// K4.
  private void awaitShown(Survivor node, long height) throws InterruptedException, Broken {
    if (!witness.await(PATIENCE_MILLIS, () -> witness.height(node.index()) >= height)) {
      throw Broken.of(
          "%s shows height %d, %d was final when it was started",
          node.order().name(), witness.height(node.index()), height);
    }
  }

  /// K5.
  private void awaitGrowth() throws InterruptedException, Broken {
    long height = witness.height();
    if (!witness.await(PATIENCE_MILLIS, () -> witness.height() > height)) {
      throw Broken.of("all nodes run and the chain does not grow from height %d on", height);
    }
  }

  /// K6.
  private void end() throws IOException, InterruptedException, ClientFailure, Broken {
    long height = witness.height();
    for (Survivor node : nodes) {
      awaitShown(node, height);
      node.showAll(height);
    }
    witness.check();
    for (Survivor node : nodes) {
      long started = System.nanoTime();
      int code = node.terminate();
      stops.add((System.nanoTime() - started) / 1_000_000);
      if (code != 143) {
        throw Broken.of("%s stopped with code %d", node.order().name(), code);
      }
      remains.examine(node);
    }
  }

  private ObjectNode report(long seconds) {
    ObjectNode report =
        Json.object()
            .put("cycles", plan.cycles())
            .put("kills", kills)
            .put("killsWhileStarting", killsInStart)
            .put("powerLosses", powerLosses)
            .put("filesThatLostData", tornFiles)
            .put("seed", plan.seed())
            .put("validators", plan.validators())
            .put("height", witness.height())
            .put("transfersFinal", witness.transactions())
            .put("votesChecked", votes.count())
            .put("doubleVotes", 0)
            .put("finalizedBlocksLost", 0);
    ObjectNode times = report.putObject("readyMillis");
    ready.forEach((blow, spread) -> {
      if (spread.count() > 0) {
        times.set(blow.name(), spread.json().put("over5s", spread.over(Plan.READY_MILLIS_MAX)));
      }
    });
    report.set("readyProcessorMillis", readyProcessor.json());
    report.set("stopMillis", stops.json());
    return report.put("seconds", seconds);
  }
}

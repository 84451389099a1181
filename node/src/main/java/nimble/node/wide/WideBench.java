package nimble.node.wide;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import nimble.crypto.SigningKey;
import nimble.node.files.Entropy;
import nimble.node.files.Json;

/// Commit latency against the length of the wires, and how soon progress resumes when a partition
/// heals. Prints numbers; judges nothing.
public final class WideBench {
  /// What is measured.
  ///
  /// @param partitionSeconds how long the two halves do not hear each other
  public record Order(
      int validators, int seconds, int lossPercent, int heapMegabytes, int partitionSeconds) {}

  private static final int[] ONE_WAY_MILLIS = {20, 100, 200};
  private static final int ACCESS_MILLIS_MIN = 10;
  private static final int ACCESS_MILLIS_MAX = 100;
  private static final long START_SECONDS = 300;
  private static final long SETTLE_MILLIS = 5_000;
  private static final long PATIENCE_MILLIS = 600_000;
  private static final long MILLIS = 1_000;

  private final Order order;
  private final PrintWriter out;
  private final ObjectNode json = Json.object();
  private final List<WideHost> hosts = new ArrayList<>();

  public WideBench(Order order, PrintWriter out) {
    this.order = order;
    this.out = out;
  }

  public ObjectNode run() throws IOException, InterruptedException {
    Path home = Files.createTempDirectory("nimble-wide-");
    try (Wires wires = Wires.open(order.validators(), order.lossPercent())) {
      json.put("wires", wires.kind());
      json.put("validators", order.validators());
      json.put("lossPercent", order.lossPercent());
      say("%d validators, wires of %s".formatted(order.validators(), wires.kind()));
      try {
        start(wires, home);
        hosts.getFirst().pay(Integer.MAX_VALUE);
        ArrayNode commits = json.putArray("commits");
        for (int oneWay : ONE_WAY_MILLIS) {
          commits.add(commits(wires, "every way the same", same(oneWay / 2), oneWay, oneWay));
        }
        List<Integer> mixed = mixed();
        commits.add(
            commits(
                wires,
                "ways of many lengths",
                mixed,
                2 * ACCESS_MILLIS_MIN,
                2 * ACCESS_MILLIS_MAX));
        ArrayNode partitions = json.putArray("partitions");
        partitions.add(partition(wires, order.validators() / 2));
        partitions.add(partition(wires, (order.validators() - 1) / 3));
      } finally {
        stop();
      }
    }
    return json;
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  private List<Integer> same(int millis) {
    return Collections.nCopies(order.validators(), millis);
  }

  private List<Integer> mixed() {
    int steps = Math.max(1, order.validators() - 1);
    return IntStream.range(0, order.validators())
        .map(i -> ACCESS_MILLIS_MIN + i * (ACCESS_MILLIS_MAX - ACCESS_MILLIS_MIN) / steps)
        .boxed()
        .toList();
  }

  private void start(Wires wires, Path home) throws IOException, InterruptedException {
    String seed = Entropy.of(SigningKey.SEED_SIZE).toString();
    String time = Long.toString(System.currentTimeMillis());
    for (int i = 0; i < order.validators(); i++) {
      hosts.add(
          WideHost.start(
              wires.on(i),
              order.heapMegabytes(),
              home.resolve("validator%d.log".formatted(i)),
              List.of(
                  seed,
                  Integer.toString(order.validators()),
                  time,
                  Integer.toString(i),
                  home.resolve("validator" + i).toString())));
    }
    for (WideHost host : hosts) {
      if (!host.awaitReady(START_SECONDS) || !host.awaitHeight(3, PATIENCE_MILLIS)) {
        throw new IOException("a validator does not start: see " + home);
      }
    }
    say("all validators run");
  }

  private void stop() throws InterruptedException {
    for (WideHost host : hosts) {
      host.close();
    }
    hosts.clear();
  }

  private ObjectNode commits(
      Wires wires, String what, List<Integer> access, int oneWayMin, int oneWayMax)
      throws IOException, InterruptedException {
    for (int i = 0; i < access.size(); i++) {
      wires.delay(i, access.get(i));
    }
    Thread.sleep(SETTLE_MILLIS);
    hosts.forEach(WideHost::forget);
    long begun = hosts.getFirst().height();
    Thread.sleep(order.seconds() * MILLIS);
    List<Double> millis = new ArrayList<>();
    List<Double> paid = new ArrayList<>(hosts.getFirst().paid());
    for (WideHost host : hosts) {
      host.finals().stream().skip(1).forEach(it -> millis.add((double) it.latencyMillis()));
    }
    double oneWay = oneWay(access);
    ObjectNode figures = Json.object();
    figures.put("what", what);
    figures.put("oneWayMillisMin", oneWayMin);
    figures.put("oneWayMillisMax", oneWayMax);
    figures.put("oneWayMillisMean", rounded(oneWay));
    figures.put("roundTripMillisMean", rounded(2 * oneWay));
    figures.put("blocks", hosts.getFirst().height() - begun);
    figures.put("commits", millis.size());
    figures.put("commitMillisP50", at(millis, 0.5));
    figures.put("commitMillisP95", at(millis, 0.95));
    figures.put("oneWaysToCommitP50", rounded(at(millis, 0.5) / oneWay));
    figures.put("paymentMillisP50", at(paid, 0.5));
    say(Json.line(figures));
    return figures;
  }

  private static double oneWay(List<Integer> access) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < access.size(); i++) {
      for (int j = 0; j < access.size(); j++) {
        if (i != j) {
          sum += access.get(i) + access.get(j);
          pairs++;
        }
      }
    }
    return sum / Math.max(1, pairs);
  }

  /// Cuts `few` validators off from the others, and measures from healing until every node has
  /// finalized a block that was proposed after it.
  private ObjectNode partition(Wires wires, int few) throws IOException, InterruptedException {
    List<Integer> groups =
        IntStream.range(0, order.validators()).map(i -> i < few ? 1 : 0).boxed().toList();
    wires.split(groups);
    Thread.sleep(SETTLE_MILLIS);
    List<Long> before = hosts.stream().map(WideHost::height).toList();
    Thread.sleep(order.partitionSeconds() * MILLIS);
    ObjectNode figures = Json.object();
    figures.put("cutOff", few);
    figures.put("seconds", order.partitionSeconds());
    figures.put("blocksOfTheFew", hosts.getFirst().height() - before.getFirst());
    figures.put("blocksOfTheOthers", hosts.getLast().height() - before.getLast());
    long healed = System.currentTimeMillis();
    wires.split(same(0));
    List<Double> millis = new ArrayList<>();
    for (WideHost host : hosts) {
      long first = firstAfter(host, healed);
      millis.add((double) (first - healed));
    }
    figures.put("resumedMillisFirst", at(millis, 0));
    figures.put("resumedMillisLast", at(millis, 1));
    say(Json.line(figures));
    return figures;
  }

  private static long firstAfter(WideHost host, long healed) throws InterruptedException {
    long until = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (System.currentTimeMillis() < until) {
      for (WideHost.Final block : host.finals()) {
        if (block.atMillis() - block.latencyMillis() >= healed) {
          return block.atMillis();
        }
      }
      host.awaitHeight(host.height() + 1, MILLIS);
    }
    return until;
  }

  private static double at(List<Double> millis, double share) {
    List<Double> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    return sorted.isEmpty()
        ? Double.NaN
        : sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}

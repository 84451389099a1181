package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nimble.chain.Transaction;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.Ed25519;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.node.files.Mistake;

/// Transfers a second and how long one takes, of validators that do everything a real network's do
/// (B1 to B4). Prints numbers; judges nothing.
public final class ChainBench {
  /// What is measured.
  ///
  /// @param mainClass of `nimble`
  /// @param flood transactions a second that no block can take, in one more measurement; 0 for none
  public record Order(int validators, int seconds, int accounts, int flood, String mainClass) {}

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int WARM_SECONDS = 45;

  /// Code that has not been compiled yet is a hundred times slower.
  private static final int WARM_PER_SECOND = 300;

  private static final int COLD_SECONDS = 5;

  private static final int PER_SECOND_MAX = 9_000;
  private static final int LOW_COMMITS = 150;
  private static final int VERIFICATIONS = 20_000;
  private static final double BUSY_SHARE = 0.8;
  private static final long LOW_PAUSE_MILLIS = 120;
  private static final int LOW_PAUSE_SPREAD_MILLIS = 60;
  private static final long BUSY_PAUSE_MILLIS = 50;
  private static final long LOOK_MILLIS = 20;

  /// Without a new transfer for so long there is none on its way.
  private static final long QUIET_MILLIS = 1_500;

  private final Order order;
  private final PrintWriter out;
  private final ObjectNode json = Json.object();

  public ChainBench(Order order, PrintWriter out) {
    this.order = order;
    this.out = out;
  }

  public ObjectNode run()
      throws IOException, Mistake, ClientFailure, InterruptedException, Malformed {
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    say("%d accounts", order.accounts());
    Cast cast =
        Cast.create(
            Bytes.wrap(seed), order.validators(), order.accounts() + 1, System.currentTimeMillis());
    // The last sender is the one whose transfers are timed.
    Crowd crowd = new Crowd(cast);
    Path home = Files.createTempDirectory("nimble-bench-");
    json.put("validators", order.validators());
    json.put("cores", CORES);
    json.put("accounts", order.accounts());
    // Of a crowd of its own: transfers that are never handed in would leave gaps before the others.
    verifications(new Crowd(cast));
    int signed = 2 * (WARM_SECONDS + order.seconds()) * PER_SECOND_MAX;
    // One queue for all phases: what one of them leaves is what the next begins with.
    Deque<Bytes> waiting = new ArrayDeque<>(crowd.next(signed));
    try (Validators validators = Validators.start(cast, home, order.mainClass())) {
      Probe probe = new Probe(cast, crowd);
      say("warming up");
      throughput(validators, waiting, COLD_SECONDS, WARM_PER_SECOND, false);
      throughput(validators, waiting, WARM_SECONDS, 0, false);
      drain(validators);
      double perSecond = throughput(validators, waiting, order.seconds(), 0, true);
      drain(validators);
      commits(validators, probe, "commitMillis");
      if (order.flood() > 0) {
        try (Flood flood = new Flood(cast, validators, order.flood())) {
          commits(validators, probe, "commitMillisInFlood");
          json.put("flooded", flood.sent());
        }
      }
      busy(validators, waiting, probe, perSecond);
      memory(validators);
    }
    return json;
  }

  /// B4: the best of three rounds.
  private void verifications(Crowd crowd) throws Malformed, InterruptedException {
    List<Transaction> transactions = new ArrayList<>();
    for (Bytes bytes : crowd.next(VERIFICATIONS)) {
      transactions.add(Reader.decode(bytes, Transaction::read));
    }
    double perSecond = 0;
    for (int round = 0; round < 3; round++) {
      perSecond = Math.max(perSecond, verify(transactions));
    }
    put("verificationsPerSecondPerCore", perSecond / CORES);
    put("signatureBound", perSecond / order.validators());
  }

  /// Signatures a second of all cores at once: one alone may run faster.
  private static double verify(List<Transaction> transactions) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    long start = System.nanoTime();
    for (int core = 0; core < CORES; core++) {
      threads.add(Thread.ofPlatform().start(() -> transactions.forEach(ChainBench::verify)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return transactions.size() * CORES / ((System.nanoTime() - start) / 1e9);
  }

  private static void verify(Transaction transaction) {
    Transaction.Unsigned body = transaction.body();
    Invariant.check(
        Ed25519.verify(body.sender(), body.preimage(), transaction.signature()),
        "%s does not hold",
        transaction);
  }

  private double throughput(
      Validators validators, Deque<Bytes> transfers, int seconds, double paced, boolean counts)
      throws IOException, Mistake, InterruptedException {
    try (Load load = new Load(validators, transfers, paced)) {
      ObjectNode first = validators.ask("disk");
      double cpu = validators.cpuSeconds();
      long start = System.nanoTime();
      load.start();
      long end = start + seconds * 1_000_000_000L;
      while (System.nanoTime() < end && !load.isOut()) {
        Thread.sleep(LOOK_MILLIS);
      }
      ObjectNode last = validators.ask("disk");
      double passed = (System.nanoTime() - start) / 1e9;
      long transferred = last.path("transfers").asLong() - first.path("transfers").asLong();
      double perSecond = transferred / passed;
      say(
          "%.0f transfers/s, %d refused %s",
          perSecond, load.refused(), load.refused() > 0 ? load.reason() : "");
      if (counts) {
        long blocks = last.path("height").asLong() - first.path("height").asLong();
        long bytes = last.path("diskBytes").asLong() - first.path("diskBytes").asLong();
        put("transfersPerSecond", perSecond);
        put("ratioToSignatureBound", perSecond / json.path("signatureBound").asDouble());
        put("transfersPerBlock", (double) transferred / Math.max(1, blocks));
        put("diskBytesPerTransfer", (double) bytes / Math.max(1, transferred));
        put("validatorsCores", (validators.cpuSeconds() - cpu) / passed);
        json.put("refused", load.refused());
      }
      return perSecond;
    }
  }

  /// Until what was handed in is final.
  private static void drain(Validators validators)
      throws IOException, Mistake, InterruptedException {
    long seen = -1;
    for (long now = validators.transfers(); now != seen; now = validators.transfers()) {
      seen = now;
      Thread.sleep(QUIET_MILLIS);
    }
  }

  /// B3, with nothing else to do.
  private void commits(Validators validators, Probe probe, String name)
      throws ClientFailure, InterruptedException {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < LOW_COMMITS; i++) {
      Thread.sleep(LOW_PAUSE_MILLIS + i * 7 % LOW_PAUSE_SPREAD_MILLIS);
      millis.add(probe.commitMillis(client(validators, i)));
    }
    put(name, Spread.of(millis.subList(LOW_COMMITS / 5, LOW_COMMITS)));
  }

  /// The same under load.
  private void busy(Validators validators, Deque<Bytes> transfers, Probe probe, double most)
      throws IOException, Mistake, ClientFailure, InterruptedException {
    List<Double> millis = new ArrayList<>();
    try (Load load = new Load(validators, transfers, Math.max(1, most * BUSY_SHARE))) {
      load.start();
      long end = System.nanoTime() + order.seconds() * 1_000_000_000L;
      for (int i = 0; System.nanoTime() < end && !load.isOut(); i++) {
        Thread.sleep(BUSY_PAUSE_MILLIS);
        millis.add(probe.commitMillis(client(validators, i)));
      }
    }
    put("commitMillisAt80Percent", Spread.of(millis));
  }

  private static NodeClient client(Validators validators, int number) {
    return validators.clients().get(number % validators.clients().size());
  }

  private void memory(Validators validators) throws IOException {
    long most = validators.memory("VmHWM");
    json.put("memoryOf", "the validators' process divided by their number");
    json.put("rssBytesPerValidator", validators.memory("VmRSS") / order.validators());
    json.put("rssPeakBytesPerValidator", most / order.validators());
  }

  private void put(String name, double value) {
    json.put(name, Math.round(value * 1_000) / 1_000.0);
    say("%-30s %.3f", name, value);
  }

  private void put(String name, Spread spread) {
    json.set(name, spread.json());
    say("%-30s %s", name, spread);
  }

  @FormatMethod
  private void say(String words, Object... values) {
    out.println(words.formatted(values));
    out.flush();
  }
}

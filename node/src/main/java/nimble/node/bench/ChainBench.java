package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.io.PrintWriter;
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
import nimble.node.files.Scratch;

/// Transfers a second and how long one takes, of validators that do everything a real network's do
/// (B1 to B5). Prints numbers; judges nothing.
public final class ChainBench {
  /// What is measured.
  ///
  /// @param warmUp seconds at most before each kind of figure (B5)
  /// @param mainClass of `nimble`
  /// @param flood transactions a second that no block can take, in one more measurement; 0 for none
  public record Order(
      int validators, int seconds, int warmUp, int accounts, int flood, String mainClass) {}

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int WARM_SECONDS = 15;
  private static final int WARM_COMMITS = 100;

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
  private final Cast cast;
  private final Crowd crowd;

  /// One queue for all phases: what one of them leaves is what the next begins with.
  private final Deque<Bytes> waiting = new ArrayDeque<>();

  public ChainBench(Order order, PrintWriter out) {
    this.order = order;
    this.out = out;
    say("%d accounts", order.accounts());
    // The last sender is the one whose transfers are timed.
    this.cast = Cast.fresh(order.validators(), order.accounts() + 1);
    this.crowd = new Crowd(cast);
  }

  public ObjectNode run()
      throws IOException, Mistake, ClientFailure, InterruptedException, Malformed {
    json.put("validators", order.validators());
    json.put("cores", CORES);
    json.put("accounts", order.accounts());
    // Of a crowd of its own: transfers that are never handed in would leave gaps before the others.
    verifications(new Crowd(cast));
    try (Scratch scratch = Scratch.make();
        Validators validators = Validators.start(cast, scratch.home(), order.mainClass())) {
      Probe probe = new Probe(cast, crowd);
      say("warming up");
      throughput(validators, COLD_SECONDS, WARM_PER_SECOND);
      boolean warm;
      long until = warmUntil();
      do {
        warm = throughput(validators, WARM_SECONDS, 0).isWarm();
      } while (!warm && System.nanoTime() < until);
      drain(validators);
      Work full = throughput(validators, order.seconds(), 0);
      put(full);
      drain(validators);
      commits(validators, probe);
      if (order.flood() > 0) {
        try (Flood flood = new Flood(cast, validators, order.flood())) {
          put("commitMillisInFlood", lowRate(validators, probe));
          json.put("flooded", flood.sent());
        }
      }
      busy(validators, probe, full.transfersPerSecond());
      memory(validators);
    }
    return json;
  }

  private long warmUntil() {
    return System.nanoTime() + order.warmUp() * 1_000_000_000L;
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

  private Work throughput(Validators validators, int seconds, double paced)
      throws IOException, Mistake, InterruptedException {
    sign(seconds);
    try (Load load = new Load(validators, waiting, paced)) {
      Work before = Work.soFar(validators);
      load.start();
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      while (System.nanoTime() < end && !load.isOut()) {
        Thread.sleep(LOOK_MILLIS);
      }
      Work done = Work.soFar(validators).since(before);
      say(
          "%.0f transfers/s, %.0f %% compiler, %d refused %s",
          done.transfersPerSecond(),
          100 * done.compilerShare(),
          load.refused(),
          load.refused() > 0 ? load.reason() : "");
      json.put("refused", load.refused());
      return done;
    }
  }

  /// What so many seconds can take, before they begin.
  private void sign(int seconds) {
    waiting.addAll(crowd.next(Math.max(0, seconds * PER_SECOND_MAX - waiting.size())));
  }

  private void put(Work full) {
    put("transfersPerSecond", full.transfersPerSecond());
    put(
        "ratioToSignatureBound",
        full.transfersPerSecond() / json.path("signatureBound").asDouble());
    put("transfersPerBlock", (double) full.transfers() / Math.max(1, full.blocks()));
    put("diskBytesPerTransfer", (double) full.diskBytes() / Math.max(1, full.transfers()));
    put("validatorsCores", full.cores());
    put(
        "processorMicrosPerTransferAndValidator",
        1e6 * full.processorSeconds() / Math.max(1, full.transfers()) / order.validators());
    put("compilerShare", full.compilerShare());
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
  private void commits(Validators validators, Probe probe)
      throws IOException, Mistake, ClientFailure, InterruptedException {
    boolean warm;
    long until = warmUntil();
    do {
      Work start = Work.soFar(validators);
      for (int i = 0; i < WARM_COMMITS; i++) {
        probe.commitMillis(client(validators, i));
      }
      warm = Work.soFar(validators).since(start).isWarm();
    } while (!warm && System.nanoTime() < until);
    Work before = Work.soFar(validators);
    put("commitMillis", lowRate(validators, probe));
    Work done = Work.soFar(validators).since(before);
    put("processorMillisPerCommit", 1e3 * done.processorSeconds() / LOW_COMMITS);
    put("commitCompilerShare", done.compilerShare());
  }

  private static Spread lowRate(Validators validators, Probe probe)
      throws ClientFailure, InterruptedException {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < LOW_COMMITS; i++) {
      Thread.sleep(LOW_PAUSE_MILLIS + i * 7 % LOW_PAUSE_SPREAD_MILLIS);
      millis.add(probe.commitMillis(client(validators, i)));
    }
    return Spread.of(millis);
  }

  /// The same under load.
  private void busy(Validators validators, Probe probe, double most)
      throws IOException, Mistake, ClientFailure, InterruptedException {
    List<Double> millis = new ArrayList<>();
    sign(order.seconds());
    try (Load load = new Load(validators, waiting, Math.max(1, most * BUSY_SHARE))) {
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

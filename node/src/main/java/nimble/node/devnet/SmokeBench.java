package nimble.node.devnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.chain.MoneyCall.Transfer;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.node.chain.Reporter;
import nimble.node.client.ClientFailure;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.Scratch;
import nimble.storage.file.DataDirectory;
import nimble.training.fault.Fault;
import nimble.training.spec.JobSpec;
import nimble.vm.Machine;
import nimble.vm.TrainingSpec;
import nimble.vm.data.DataSet;
import nimble.vm.djl.DjlMachine;
import nimble.vm.training.Pipeline;

/// The figures of the main job: what a network of four validators and three miners in one process
/// reaches on a text, and how fast it commits. Prints numbers; judges nothing.
public final class SmokeBench {
  /// One PyTorch 2.13 process, one thread, same model: 13.1 k tokens/s on a quiet machine of the
  /// kind that the figures of this project were taken on.
  private static final double PYTORCH_TOKENS_PER_SECOND = 13_100;

  private static final int VALIDATORS = 4;
  private static final int MINERS = 3;
  private static final int DEMO_STEPS = 200;
  private static final int ONE_PIECE_STEPS = 100;
  private static final int COMMITS = 60;
  private static final int LIARS_STEPS = 60;
  private static final long LOWEST_RATE_PERMILLE = 10;
  private static final double PERMILLE = 1_000;
  private static final long IDLE_MILLIS = 350;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final byte[] text;
  private final int steps;
  private final int liars;
  private final PrintWriter out;

  /// @param liars runs with a miner that skips work
  public SmokeBench(byte[] text, int steps, int liars, PrintWriter out) {
    this.text = text;
    this.steps = steps;
    this.liars = liars;
    this.out = out;
  }

  public ObjectNode run()
      throws IOException, Mistake, DataDirectory.Refused, ClientFailure, InterruptedException {
    ObjectNode json = Json.object();
    json.put("steps", steps);
    onePiece(json);
    commits(json);
    demo(json);
    training(json, Parameters.devnet(), "");
    training(json, atLowestRate(), "AtOnePercent");
    liars(json);
    json.put("peakMemoryBytes", peakMemoryBytes());
    return json;
  }

  /// The same model on one thread, without stages or network: what the network's pace is held
  /// against.
  private void onePiece(ObjectNode json) {
    JobSpec job = DemoJob.spec(DemoJob.data(text).manifest(), DEMO_STEPS, MINERS);
    TrainingSpec whole = DemoJob.training(DEMO_STEPS, 1);
    DataSet data = job.data().open(Bytes.copyOf(text), job.model());
    try (Machine machine = new DjlMachine();
        Pipeline pipeline = new Pipeline(machine, job.model(), List.of(), whole)) {
      for (int step = 0; step < ONE_PIECE_STEPS / 2; step++) {
        pipeline.step(data, step);
      }
      long start = System.nanoTime();
      for (int step = 0; step < ONE_PIECE_STEPS; step++) {
        pipeline.step(data, step);
      }
      double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
      double tokens = (double) ONE_PIECE_STEPS * whole.batch() * job.model().context();
      put(json, "onePieceTokensPerSecond", tokens / seconds);
    }
  }

  /// From handing a transfer to an idle network until the first node holds it final.
  private void commits(ObjectNode json)
      throws IOException, Mistake, DataDirectory.Refused, InterruptedException {
    try (Scratch scratch = Scratch.make();
        RunningNetwork network =
            RunningNetwork.start(VALIDATORS, 0, 2, scratch.home(), 0, Reporter.SILENT)) {
      LocalNetwork.Member first = network.network().members().getFirst();
      Purse purse =
          new Purse(
              first.node(), network.watch(), network.network().devnet().developer().account());
      List<Double> millis = new ArrayList<>();
      for (int i = 0; i < COMMITS; i++) {
        Thread.sleep(IDLE_MILLIS + 7L * i % 100);
        long start = System.nanoTime();
        purse.run(new Transfer(first.keys().address(), 1, Bytes.EMPTY));
        millis.add((System.nanoTime() - start) / NANOS_PER_MILLI);
      }
      Collections.sort(millis);
      put(json, "commitMillisP50", millis.get(COMMITS / 2));
      put(json, "commitMillisP90", millis.get(COMMITS * 9 / 10));
    }
  }

  private void demo(ObjectNode json)
      throws IOException, Mistake, DataDirectory.Refused, ClientFailure, InterruptedException {
    long start = System.nanoTime();
    Demo.Result result = job(Devnet.fresh(VALIDATORS, MINERS, Parameters.devnet()), DEMO_STEPS);
    put(json, "demoSeconds", (System.nanoTime() - start) / NANOS_PER_SECOND);
    json.put("demoState", result.job().getState());
  }

  /// @param suffix of the figures' names
  private void training(ObjectNode json, Parameters parameters, String suffix)
      throws IOException, Mistake, DataDirectory.Refused, ClientFailure, InterruptedException {
    Demo.Result result = job(Devnet.fresh(VALIDATORS, MINERS, parameters), steps);
    JsonNode job = result.summary().json().path("job");
    json.put("state" + suffix, result.job().getState());
    put(json, "validationLoss" + suffix, result.job().getValidationLoss());
    double tokensPerSecond = job.path("tokensPerSecond").asDouble();
    put(json, "tokensPerSecond" + suffix, tokensPerSecond);
    put(json, "shareOfPyTorchThread" + suffix, tokensPerSecond / PYTORCH_TOKENS_PER_SECOND);
    put(
        json,
        "shareOfOnePiece" + suffix,
        tokensPerSecond / json.path("onePieceTokensPerSecond").asDouble());
    json.put("audits" + suffix, job.path("audits").asInt());
    json.put("auditsUpheld" + suffix, job.path("auditsUpheld").asInt());
    double twiceRate = 2.0 * parameters.training().auditRateMaxPermille() / PERMILLE;
    double share = job.path("verificationShare").asDouble();
    put(json, "verificationShare" + suffix, share);
    put(json, "verificationShareOfTwiceRate" + suffix, share / twiceRate);
    json.put("consistent" + suffix, result.summary().json().path("consistent").asBoolean());
    json.put("sample" + suffix, result.summary().json().path("sample").asText());
  }

  private static Parameters atLowestRate() {
    Parameters devnet = Parameters.devnet();
    return devnet.with(
        devnet.training().withAuditRates(LOWEST_RATE_PERMILLE, LOWEST_RATE_PERMILLE));
  }

  /// How long false work lives: a miner that skips work, and a spare to take its stage.
  private void liars(ObjectNode json)
      throws IOException, Mistake, DataDirectory.Refused, ClientFailure, InterruptedException {
    List<Double> toSlash = new ArrayList<>();
    List<Double> toGoodRound = new ArrayList<>();
    for (int i = 0; i < liars; i++) {
      TreeMap<Integer, Fault> faults = new TreeMap<>();
      faults.put(i % MINERS, Fault.SKIPS_WORK);
      Devnet devnet = Devnet.fresh(VALIDATORS, MINERS + 1, Parameters.devnet()).with(faults);
      JobHistory history = job(devnet, LIARS_STEPS).history();
      history.secondsToSlash().ifPresent(toSlash::add);
      history.secondsToGoodRound().ifPresent(toGoodRound::add);
    }
    json.put("liars", liars);
    json.put("liarsSlashed", toSlash.size());
    spread(json, "secondsToSlash", toSlash);
    spread(json, "secondsToGoodRound", toGoodRound);
  }

  private void spread(ObjectNode json, String name, List<Double> seconds) {
    if (!seconds.isEmpty()) {
      Collections.sort(seconds);
      put(json, name + "Least", seconds.getFirst());
      put(json, name + "Median", seconds.get(seconds.size() / 2));
      put(json, name + "Most", seconds.getLast());
    }
  }

  private Demo.Result job(Devnet devnet, int jobSteps)
      throws IOException, Mistake, DataDirectory.Refused, ClientFailure, InterruptedException {
    try (Scratch scratch = Scratch.make();
        RunningNetwork network =
            RunningNetwork.start(devnet, 2, scratch.home(), 0, Reporter.SILENT)) {
      Demo.Order order =
          new Demo.Order(
              Optional.empty(), scratch.home(), jobSteps, VALIDATORS, devnet.miners().size());
      return new Demo(order, out, false).run(network, text);
    }
  }

  /// The process's own high-water mark; 0 where the system does not tell.
  private static long peakMemoryBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  private void put(ObjectNode json, String name, double value) {
    json.put(name, Math.round(value * 1_000) / 1_000.0);
    out.printf("%-24s %.3f%n", name, value);
    out.flush();
  }
}

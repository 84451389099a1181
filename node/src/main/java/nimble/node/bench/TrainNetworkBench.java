package nimble.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.genesis.Parameters;
import nimble.node.chain.Reporter;
import nimble.node.client.ClientFailure;
import nimble.node.devnet.Demo;
import nimble.node.devnet.DemoJob;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.RunningNetwork;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.Scratch;
import nimble.storage.file.DataDirectory;
import nimble.training.spec.JobSpec;

/// Whole jobs of three stages on a network of four validators and three miners, with commitments
/// and audits, against torch.distributed.pipelining: they take turns. Two threads here, two ranks
/// of one thread there. Prints numbers; judges nothing.
public final class TrainNetworkBench {
  private static final int VALIDATORS = 4;
  private static final int MINERS = 3;
  private static final int THREADS = 2;
  private static final int PEER_MICRO_BATCHES = 4;
  private static final double NANOS = 1e9;

  /// Miners and validators run for days: code that the compiler still works on says nothing of
  /// them, and it works for as long as that.
  private static final int WARM_UP_JOBS = 3;

  /// @param steps of a job
  /// @param auditPermille how many of a thousand steps are audited, of every stage
  public record Order(Path text, int rounds, int steps, int auditPermille) {}

  private final Order order;
  private final PrintWriter out;
  private final byte[] text;

  public TrainNetworkBench(Order order, PrintWriter out) throws IOException {
    this.order = order;
    this.out = out;
    text = Files.readAllBytes(order.text());
  }

  /// The peer's arguments for the same work.
  public static List<String> peer(Order order) {
    return List.of("pipeline", order.text().toString(), Integer.toString(PEER_MICRO_BATCHES));
  }

  public ObjectNode run(Optional<PythonPeer> peer)
      throws IOException, Mistake, DataDirectory.Refused, ClientFailure, InterruptedException {
    JobSpec job = DemoJob.of(text, order.steps(), MINERS);
    long tokens = (long) order.steps() * job.training().batch() * job.model().context();
    Rates ours = new Rates();
    Rates theirs = new Rates();
    ObjectNode json =
        Json.object()
            .put("validators", VALIDATORS)
            .put("stages", MINERS)
            .put("rounds", order.rounds())
            .put("stepsOfARound", order.steps())
            .put("auditPermille", order.auditPermille());
    out.println("warming up");
    for (int i = 0; i < WARM_UP_JOBS; i++) {
      job(tokens, Json.object());
    }
    if (peer.isPresent()) {
      peer.get().train(order.steps(), tokens);
    }
    for (int i = 0; i < order.rounds(); i++) {
      ours.add(job(tokens, json));
      out.println(Rates.words("Nimble", ours.last()));
      if (peer.isPresent()) {
        theirs.add(peer.get().train(order.steps(), tokens));
        out.println(Rates.words("PyTorch", theirs.last()));
      }
      out.flush();
    }
    json.set("nimble", ours.json());
    if (peer.isPresent()) {
      json.set("pytorch", theirs.json().setAll((ObjectNode) peer.get().itself()));
      json.set("nimbleOverPytorch", ours.over(theirs));
    }
    return json;
  }

  /// By the clock from the first round to the last; the processors' time is that of all of the job,
  /// from matching to pay.
  private Rates.Sample job(long tokens, ObjectNode json)
      throws IOException, Mistake, DataDirectory.Refused, ClientFailure, InterruptedException {
    Parameters usual = Parameters.devnet();
    Parameters audited =
        usual.with(usual.training().withAuditRates(order.auditPermille(), order.auditPermille()));
    Devnet devnet = Devnet.fresh(VALIDATORS, MINERS, audited);
    try (Scratch scratch = Scratch.make();
        RunningNetwork network =
            RunningNetwork.start(devnet, THREADS, scratch.home(), 0, Reporter.SILENT)) {
      double before = processorSeconds();
      Demo.Order demo =
          new Demo.Order(
              Optional.empty(), scratch.home(), order.steps(), VALIDATORS, devnet.miners().size());
      Demo.Result result = new Demo(demo, out, false).run(network, text);
      double spent = processorSeconds() - before;
      if (!result.completed()) {
        throw Mistake.of(
            "a job ended as %s (%s): nothing to measure; miners that do not come in time want a"
                + " quieter machine",
            result.job().getState(), result.job().getReason());
      }
      JsonNode job = result.summary().json().path("job");
      json.put("audits", json.path("audits").asInt() + job.path("audits").asInt());
      return new Rates.Sample(job.path("tokensPerSecond").asDouble(), tokens / spent);
    }
  }

  private static double processorSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / NANOS;
  }
}

package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.node.devnet.DemoJob;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Segmenter;
import nimble.vm.TrainingSpec;
import nimble.vm.data.DataSet;
import nimble.vm.data.TextData;
import nimble.vm.djl.Numeric;
import nimble.vm.template.Gpt;
import nimble.vm.training.Pipeline;
import nimble.vm.training.StepGradient;

/// One process that trains nanoGPT's CPU configuration in one piece, against PyTorch: rounds of
/// both take turns. Prints numbers; judges nothing.
public final class TrainBench {
  private static final double NANOS = 1e9;
  private static final int WARM_UP_ROUNDS = 2;
  private static final int SOAK_STAGES = 3;
  private static final int SOAK_REPORTS = 10;
  private static final Path STATUS = Path.of("/proc/self/status");

  /// @param text to train on
  /// @param steps of a round
  public record Order(Path text, Numeric numeric, int rounds, int steps, int soakSteps) {}

  private final Order order;
  private final Machine machine;
  private final PrintWriter out;
  private final DataSet data;
  private final ModelSpec model;
  private long step;
  private double exactNanos;
  private double allNanos;

  public TrainBench(Order order, Machine machine, PrintWriter out) throws IOException {
    this.order = order;
    this.machine = machine;
    this.out = out;
    byte[] text = Files.readAllBytes(order.text());
    JobSpec job = DemoJob.of(text, 1, 1);
    model = job.model();
    data = job.data().open(Bytes.wrap(text), model);
  }

  /// The peer's arguments for the same work.
  public static List<String> peer(Order order) {
    return List.of(
        "eager",
        order.text().toString(),
        Integer.toString(order.numeric().threads()),
        order.numeric().device().toString());
  }

  public ObjectNode run(Optional<PythonPeer> peer) throws IOException, Mistake {
    ObjectNode json =
        Json.object()
            .put("numeric", order.numeric().toString())
            .put("parameters", model.parameters())
            .put("rounds", order.rounds())
            .put("stepsOfARound", order.steps());
    onePiece(peer, json);
    if (order.soakSteps() > 0) {
      json.set("soak", soak());
    }
    return json;
  }

  private void onePiece(Optional<PythonPeer> peer, ObjectNode json) throws IOException, Mistake {
    TrainingSpec training = DemoJob.training(order.steps() * (order.rounds() + WARM_UP_ROUNDS), 1);
    long tokens = (long) order.steps() * training.batch() * model.context();
    Rates ours = new Rates();
    Rates theirs = new Rates();
    try (Pipeline pipeline = new Pipeline(machine, model, List.of(), training)) {
      for (int i = 0; i < WARM_UP_ROUNDS; i++) {
        round(pipeline, training, tokens);
        if (peer.isPresent()) {
          peer.get().train(order.steps(), tokens);
        }
      }
      exactNanos = 0;
      allNanos = 0;
      for (int i = 0; i < order.rounds(); i++) {
        ours.add(round(pipeline, training, tokens));
        show("Nimble", ours.last());
        if (peer.isPresent()) {
          theirs.add(peer.get().train(order.steps(), tokens));
          show("PyTorch", theirs.last());
        }
      }
    }
    json.set("nimble", ours.json());
    json.put("codecOptimizerHashShare", Rates.rounded(exactNanos / allNanos));
    if (peer.isPresent()) {
      json.set("pytorch", theirs.json().setAll((ObjectNode) peer.get().itself()));
      json.set("nimbleOverPytorch", ours.over(theirs));
    }
  }

  private Rates.Sample round(Pipeline pipeline, TrainingSpec training, long tokens) {
    double processors = processorSeconds();
    long start = System.nanoTime();
    for (int i = 0; i < order.steps(); i++, step++) {
      long before = now();
      pipeline.microBatch(0, data.training(pipeline.first(), training, step, 0));
      long trained = now();
      for (StepGradient gradient : pipeline.update()) {
        // A miner keeps it under its hash.
        Hash _ = Blob.of(gradient.encoded()).id();
      }
      exactNanos += now() - trained;
      allNanos += now() - before;
    }
    double seconds = (System.nanoTime() - start) / NANOS;
    return new Rates.Sample(tokens / seconds, tokens / (processorSeconds() - processors));
  }

  /// On one thread of the CPU its own time, which others do not disturb; else the clock.
  private long now() {
    return order.numeric().threads() == 1 && order.numeric().device() == Numeric.Device.CPU
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static double processorSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / NANOS;
  }

  /// A small model in three stages, for many steps: what the process keeps of them.
  private ObjectNode soak() throws IOException {
    TrainingSpec training = DemoJob.training(order.soakSteps(), SOAK_STAGES);
    ModelSpec small = new Gpt(TextData.VOCABULARY, 16, 2, 2, 16, false).spec();
    List<Integer> cuts = Segmenter.cut(small, training.rows(), SOAK_STAGES).firstLayers();
    int part = Math.max(1, order.soakSteps() / SOAK_REPORTS);
    long before = 0;
    long now = 0;
    try (Pipeline pipeline = new Pipeline(machine, small, cuts, training)) {
      for (int i = 0; i < order.soakSteps(); i++) {
        pipeline.step(data, i);
        if ((i + 1) % part == 0) {
          now = residentBytes();
          before = before == 0 ? now : before;
          out.printf("step %d: %d KiB resident%n", i + 1, now >> 10);
          out.flush();
        }
      }
    }
    return Json.object()
        .put("steps", order.soakSteps())
        .put("stages", SOAK_STAGES)
        .put("residentBytesAfterATenth", before)
        .put("residentBytesAtTheEnd", now)
        .put("grownBytesAStep", Rates.rounded((now - before) / (0.9 * order.soakSteps())));
  }

  /// 0 where the system does not tell.
  private static long residentBytes() throws IOException {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  private void show(String who, Rates.Sample sample) {
    out.println(Rates.words(who, sample));
    out.flush();
  }
}

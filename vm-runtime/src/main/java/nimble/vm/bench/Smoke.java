package nimble.vm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nimble.codec.Bytes;
import nimble.vm.AdamW;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.Segmenter;
import nimble.vm.TrainingSpec;
import nimble.vm.data.DataSet;
import nimble.vm.data.TextData;
import nimble.vm.djl.DjlMachine;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Gpt;
import nimble.vm.training.Pipeline;

/// nanoGPT's CPU configuration on a text, three stages called as functions: the loss that it
/// reaches and where the time goes.
public final class Smoke {
  private static final int STAGES = 3;
  private static final int VALIDATION_ROWS = 2_400;
  private static final int REPORT_STEPS = 100;

  private final Options options;
  private final Machine machine = new DjlMachine();
  private final ModelSpec model = new Gpt(TextData.VOCABULARY, 64, 4, 4, 128, true).spec();
  private final TrainingSpec training;
  private final TextData data;

  private Smoke(Options options) {
    this.options = options;
    Bytes text = read(options.text());
    data = new TextData(text, (int) (text.size() * 9L / 10));
    training =
        new TrainingSpec(
            options.steps(),
            12,
            options.microBatches(),
            Rate.cosine(1e-3f, 1e-4f, Math.min(100, options.steps())),
            AdamW.USUAL,
            1337,
            new Bf16());
  }

  public static void main(String[] arguments) {
    try {
      run(Options.parse(List.of(arguments)));
    } catch (UncheckedIOException | IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Options options) {
    Smoke smoke = new Smoke(options);
    double whole = smoke.wholeTokensPerSecond();
    String json = smoke.train().json(whole);
    System.out.println(json);
    options.json().ifPresent(path -> write(path, json));
  }

  /// The model in one piece, briefly; tokens a second of processor time.
  private double wholeTokensPerSecond() {
    try (var pipeline = new Pipeline(machine, model, List.of(), training)) {
      int steps = Math.min(REPORT_STEPS, options.steps());
      for (int step = 0; step < steps / 2; step++) {
        pipeline.step(data, step);
      }
      var watch = new Stopwatch();
      watch.start();
      for (int step = 0; step < steps; step++) {
        pipeline.step(data, step);
      }
      watch.stop();
      return tokens(steps) / watch.cpuSeconds();
    }
  }

  private Figures train() {
    List<Integer> cuts = Segmenter.cut(model, training.rows(), STAGES).firstLayers();
    var all = new Stopwatch();
    var machineTime = new Stopwatch();
    var exactTime = new Stopwatch();
    try (var pipeline = new Pipeline(machine, model, cuts, training)) {
      all.start();
      for (int step = 0; step < training.steps(); step++) {
        machineTime.start();
        float loss = microBatches(pipeline, step);
        machineTime.stop();
        exactTime.start();
        pipeline.update();
        exactTime.stop();
        if ((step + 1) % REPORT_STEPS == 0) {
          System.err.printf(Locale.ROOT, "step %d loss %.4f%n", step + 1, loss);
        }
      }
      all.stop();
      int batches = Math.ceilDiv(VALIDATION_ROWS, training.rows());
      double tokens = tokens(training.steps());
      return new Figures(
          model.parameters(),
          training.steps(),
          cuts,
          pipeline.validate(data, batches),
          tokens / all.wallSeconds(),
          tokens / all.cpuSeconds(),
          machineTime.cpuSeconds() / all.cpuSeconds(),
          exactTime.cpuSeconds() / all.cpuSeconds());
    }
  }

  private float microBatches(Pipeline pipeline, int step) {
    float loss = 0;
    for (int i = 0; i < training.microBatches(); i++) {
      DataSet.Example example = data.training(pipeline.first(), training, step, i);
      loss += Float.intBitsToFloat(pipeline.microBatch(i, example));
    }
    return loss / training.microBatches();
  }

  private double tokens(int steps) {
    return (double) steps * training.batch() * model.context();
  }

  private static Bytes read(Path path) {
    try {
      return Bytes.wrap(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the text (--text FILE): " + e.getMessage(), e);
    }
  }

  private static void write(Path path, String json) {
    try {
      Files.writeString(path, json + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the figures: " + e.getMessage(), e);
    }
  }

  /// What came out.
  private record Figures(
      long parameters,
      int steps,
      List<Integer> cuts,
      float validationLoss,
      double tokensPerSecond,
      double tokensPerCpuSecond,
      double machineShare,
      double exactShare) {
    String json(double whole) {
      List<String> members = new ArrayList<>();
      members.add("\"parameters\": %d".formatted(parameters));
      members.add("\"steps\": %d".formatted(steps));
      members.add("\"cuts\": %s".formatted(cuts));
      members.add(number("validationLoss", validationLoss, 4));
      members.add(number("tokensPerSecond", tokensPerSecond, 0));
      members.add(number("tokensPerCpuSecond", tokensPerCpuSecond, 0));
      members.add(number("wholeTokensPerCpuSecond", whole, 0));
      members.add(number("forwardBackwardShare", machineShare, 4));
      members.add(number("codecOptimizerHashShare", exactShare, 4));
      return "{" + String.join(", ", members) + "}";
    }

    private static String number(String name, double value, int digits) {
      return String.format(Locale.ROOT, "\"%s\": %." + digits + "f", name, value);
    }
  }
}

package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.chain.Device;
import nimble.training.JobPlan;
import nimble.training.MoneySpec;
import nimble.vm.Cuts;
import nimble.vm.Gpt;
import nimble.vm.GradientCodec;
import nimble.vm.ModelSpec;
import nimble.vm.Problem;
import nimble.vm.Segmenter;
import nimble.vm.TrainingSpec;

/// Reads `job.yaml`. Defaults are those of nanoGPT's configuration for one processor.
public final class JobFile {
  private static final long BYTES_MAX = 256 * 1024;
  private static final int PERMILLE = 1_000;

  private final YamlMap root;
  private final JobLines lines;

  private JobFile(String file, YamlMap root) {
    this.root = root;
    this.lines = new JobLines(file, root);
  }

  public static JobDraft read(Path file) throws Mistake, IOException {
    return parse(file, SafeFile.read(file, BYTES_MAX));
  }

  /// @param file for messages, and because the path of the data is relative to it
  static JobDraft parse(Path file, String text) throws Mistake {
    YamlMap root =
        YamlMap.parse(file.toString(), text)
            .only("name", "theme", "model", "data", "training", "stages", "classes", "money");
    return new JobFile(file.toString(), root).draft(file);
  }

  private JobDraft draft(Path file) throws Mistake {
    YamlMap data = root.map("data").only("file", "split");
    ModelSpec model = model(root.map("model"));
    TrainingSpec training = training(root.map("training"));
    return new JobDraft(
        root.text("name"),
        root.text("theme", ""),
        model,
        file.resolveSibling(data.text("file")),
        permille(data, "split", 0.9),
        training,
        cuts(model, training),
        device(),
        anyClass(),
        money(root.map("money")),
        lines);
  }

  private ModelSpec model(YamlMap map) throws Mistake {
    map.only("template", "vocabulary", "context", "layers", "heads", "width", "bias");
    if (!map.text("template", "gpt").equals("gpt")) {
      throw map.wrong("template", "must be gpt, was '%s'".formatted(map.text("template")));
    }
    int vocabulary = number(map, "vocabulary", 256);
    int context = number(map, "context", 64);
    int layers = number(map, "layers", 4);
    int heads = number(map, "heads", 4);
    int width = number(map, "width", 128);
    lines.refuse(Gpt.problems(vocabulary, context, layers, heads, width));
    boolean bias = map.flag("bias", false);
    return new Gpt(vocabulary, context, layers, heads, width, bias).spec();
  }

  private TrainingSpec training(YamlMap map) throws Mistake {
    map.only(
        "steps",
        "batch",
        "microBatches",
        "learningRate",
        "minLearningRate",
        "warmup",
        "betas",
        "weightDecay",
        "clip",
        "seed",
        "gradientCodec");
    int steps = number(map, "steps", 2_000);
    int batch = number(map, "batch", 12);
    int microBatches = number(map, "microBatches", 1);
    float rate = (float) map.decimal("learningRate", 1e-3);
    float least =
        map.has("minLearningRate") ? (float) map.decimal("minLearningRate", 0) : rate / 10;
    int warmup = number(map, "warmup", Math.min(100, steps / 10));
    List<Double> betas = map.has("betas") ? map.decimals("betas") : List.of(0.9, 0.99);
    if (betas.size() != 2) {
      throw map.wrong("betas", "must be two numbers, such as [0.9, 0.99], were " + betas.size());
    }
    float beta1 = betas.get(0).floatValue();
    float beta2 = betas.get(1).floatValue();
    float decay = (float) map.decimal("weightDecay", 0.1);
    float clip = (float) map.decimal("clip", 1.0);
    lines.refuse(
        TrainingSpec.problems(
            steps, batch, microBatches, rate, least, warmup, beta1, beta2, decay, clip));
    return new TrainingSpec(
        steps,
        batch,
        microBatches,
        rate,
        least,
        warmup,
        beta1,
        beta2,
        decay,
        clip,
        map.integer("seed", 1),
        codec(map));
  }

  private static GradientCodec codec(YamlMap map) throws Mistake {
    String name = map.text("gradientCodec", "bf16");
    Optional<GradientCodec> codec = GradientCodec.ofName(name);
    if (codec.isEmpty()) {
      List<String> names = GradientCodec.all().stream().map(GradientCodec::name).toList();
      throw map.wrong(
          "gradientCodec", "must be one of %s, was '%s'".formatted(String.join(", ", names), name));
    }
    return codec.get();
  }

  private Cuts cuts(ModelSpec model, TrainingSpec training) throws Mistake {
    if (!root.has("stages")) {
      return new Cuts(List.of());
    }
    YamlMap map = root.map("stages").only("count", "cuts", "device");
    if (map.has("count") == map.has("cuts")) {
      throw map.wrong("count", "or stages.cuts must be given, and not both");
    }
    if (map.has("count")) {
      int count = number(map, "count", 1);
      lines.refuse(Segmenter.problems(model, count));
      return JobPlan.cut(model, training, count);
    }
    List<Integer> firstLayers =
        map.integers("cuts").stream()
            .map(at -> (int) Math.clamp(at, -1L, Integer.MAX_VALUE))
            .toList();
    Cuts cuts = new Cuts(firstLayers);
    List<Problem> problems = cuts.problems(model, training.rows());
    lines.refuse(problems);
    return cuts;
  }

  private Optional<Device> device() throws Mistake {
    if (!root.has("stages") || !root.map("stages").has("device")) {
      return Optional.empty();
    }
    YamlMap map = root.map("stages");
    return switch (map.text("device").toLowerCase(Locale.ROOT)) {
      case "any" -> Optional.empty();
      case "cpu" -> Optional.of(Device.CPU);
      case "gpu" -> Optional.of(Device.GPU);
      default ->
          throw map.wrong(
              "device", "must be any, cpu or gpu, was '%s'".formatted(map.text("device")));
    };
  }

  private boolean anyClass() throws Mistake {
    String classes = root.text("classes", "served");
    return switch (classes.toLowerCase(Locale.ROOT)) {
      case "served" -> false;
      case "any" -> true;
      default -> throw root.wrong("classes", "must be served or any, was '%s'".formatted(classes));
    };
  }

  private MoneySpec money(YamlMap map) throws Mistake {
    map.only("budget", "maxPricePerHour", "auditRate", "deadline");
    long budget = amount(map, "budget");
    long price = amount(map, "maxPricePerHour");
    int auditRate = permille(map, "auditRate", 0);
    long deadline = deadline(map);
    lines.refuse(MoneySpec.problems(budget, price, auditRate, deadline));
    return new MoneySpec(budget, price, auditRate, deadline);
  }

  private static long amount(YamlMap map, String key) throws Mistake {
    String text = map.text(key);
    try {
      return Amount.parse(key, text);
    } catch (Mistake e) {
      throw map.wrong(key, "must be an amount of NIM such as 12.5, was '%s'".formatted(text));
    }
  }

  private static long deadline(YamlMap map) throws Mistake {
    String text = map.text("deadline", "1h");
    try {
      return Duration.millis("deadline", text);
    } catch (Mistake e) {
      throw map.wrong(
          "deadline", "must be a duration such as 90s, 15m, 2h or 7d, was '%s'".formatted(text));
    }
  }

  /// A part of one, in steps of a thousandth.
  private static int permille(YamlMap map, String key, double otherwise) throws Mistake {
    double part = map.decimal(key, otherwise);
    if (!(part >= 0 && part <= 1)) {
      throw map.wrong(key, "must be between 0 and 1, was " + part);
    }
    return (int) Math.round(part * PERMILLE);
  }

  private static int number(YamlMap map, String key, int otherwise) throws Mistake {
    long number = map.integer(key, otherwise);
    if (number != (int) number) {
      throw map.wrong(key, "must be a whole number below 2^31, was " + number);
    }
    return (int) number;
  }
}

package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.chain.Device;
import nimble.spec.Problem;
import nimble.training.JobPlan;
import nimble.training.spec.MoneySpec;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.Schedule;
import nimble.vm.Segmenter;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.GradientCodec;

/// Reads `job.yaml`. Defaults are those of nanoGPT's configuration for one processor.
public final class JobFile {
  private static final long BYTES_MAX = 256 * 1024;
  private static final int PERMILLE = 1_000;
  private static final int EPOCHS_MAX = 100_000;
  private static final String CONSTANT = "constant";

  private static final String TELLS =
      "must be of mlp, text-classifier or cnn to tell labels: a model of text is asked by `nbcli"
          + " model infer`";

  /// Of the full rate, what a cosine ends with unless the file says otherwise.
  private static final float COSINE_LEAST = 10;

  private final YamlMap root;
  private final JobLines lines;

  private JobFile(String file, YamlMap root) {
    this.root = root;
    this.lines = new JobLines(file, root);
  }

  public static JobDraft read(Path file) throws Mistake, IOException {
    return parse(file, SafeFile.read(file, BYTES_MAX));
  }

  /// What a model trained by this file is asked, of other data.
  public static Questions questions(Path file, Path data) throws Mistake, IOException {
    YamlMap root = YamlMap.parse(file.toString(), SafeFile.read(file, BYTES_MAX));
    JobFile job = new JobFile(file.toString(), root);
    if (!root.has("model")) {
      throw job.lines.mistake("base", TELLS);
    }
    ModelTemplate.Order order =
        ModelTemplate.order(root.map("model"), root.map("data"), folder(file), job.lines);
    if (!(order.data() instanceof LabelledSource source)) {
      throw job.lines.mistake("model.template", TELLS);
    }
    return new Questions(order.model(), source.in(data));
  }

  private static Path folder(Path file) {
    return Optional.ofNullable(file.getParent()).orElse(Path.of(""));
  }

  /// @param file for messages, and because the path of the data is relative to it
  static JobDraft parse(Path file, String text) throws Mistake {
    YamlMap root =
        YamlMap.parse(file.toString(), text)
            .only(
                "name",
                "theme",
                "model",
                "base",
                "start",
                "lora",
                "quantization",
                "data",
                "training",
                "stages",
                "classes",
                "money");
    return new JobFile(file.toString(), root).draft(file);
  }

  private JobDraft draft(Path file) throws Mistake {
    YamlMap data = root.map("data");
    Path folder = folder(file);
    Optional<ImportedModel> base = AdapterKeys.base(root, folder);
    ModelTemplate.Order read = order(base, data, folder).dropping(dropout());
    ModelTemplate.Order order =
        new ModelTemplate.Order(AdapterKeys.adapted(read.model(), root, lines), read.data());
    int permille = permille(data, "split", 0.9);
    TrainingSpec training = training(root.map("training"), order, permille);
    return new JobDraft(
        root.text("name"),
        root.text("theme", ""),
        order.model(),
        base,
        StartKey.of(root),
        order.data(),
        permille,
        training,
        cuts(order.model(), training),
        device(),
        anyClass(),
        money(root.map("money")),
        lines);
  }

  /// A base is a model: then the file says only how it computes.
  private ModelTemplate.Order order(Optional<ImportedModel> base, YamlMap data, Path folder)
      throws Mistake {
    if (base.isEmpty()) {
      return ModelTemplate.order(root.map("model"), data, folder, lines);
    }
    ModelSpec model = base.get().base().model();
    DataSource text = ModelTemplate.text(data, folder, base.get().tokenizer());
    ModelTemplate.Order order = new ModelTemplate.Order(model, text);
    if (!root.has("model")) {
      return order;
    }
    YamlMap map = root.map("model");
    for (String key : map.keys()) {
      if (!key.equals("precision")) {
        throw map.wrong(key, "and base must not both be given: the base is the model");
      }
    }
    return order.in(ModelTemplate.precision(map));
  }

  private TrainingSpec training(YamlMap map, ModelTemplate.Order order, int permille)
      throws Mistake {
    map.only(
        "steps",
        "epochs",
        "batch",
        "microBatches",
        "accumulation",
        "schedule",
        "dropout",
        "learningRate",
        "minLearningRate",
        "warmup",
        "betas",
        "weightDecay",
        "clip",
        "seed",
        "gradientCodec");
    int batch = map.number("batch", 12);
    int steps = steps(map, order, permille, batch);
    int microBatches = microBatches(map);
    Rate rate = rate(map, steps);
    AdamW optimizer = optimizer(map);
    lines.refuse(TrainingSpec.problems(steps, batch, microBatches, rate, optimizer));
    return new TrainingSpec(
        steps, batch, microBatches, rate, optimizer, map.integer("seed", 1), codec(map));
  }

  private static AdamW optimizer(YamlMap map) throws Mistake {
    List<Double> betas = map.has("betas") ? map.decimals("betas") : List.of(0.9, 0.99);
    if (betas.size() != 2) {
      throw map.wrong("betas", "must be two numbers, such as [0.9, 0.99], were " + betas.size());
    }
    return new AdamW(
        betas.get(0).floatValue(),
        betas.get(1).floatValue(),
        (float) map.decimal("weightDecay", 0.1),
        (float) map.decimal("clip", 1.0));
  }

  private static int steps(YamlMap map, ModelTemplate.Order order, int permille, int batch)
      throws Mistake {
    if (!map.has("epochs")) {
      return map.number("steps", 2_000);
    }
    if (map.has("steps")) {
      throw map.wrong("epochs", "and training.steps must not both be given");
    }
    double epochs = map.decimal("epochs", 1);
    if (!(epochs > 0 && epochs <= EPOCHS_MAX)) {
      throw map.wrong(
          "epochs", "must be above 0 and at most %d, was %s".formatted(EPOCHS_MAX, epochs));
    }
    try {
      double trained = (double) order.data().rows(order.model()) * permille / PERMILLE;
      double steps = Math.ceil(epochs * trained / Math.max(1, batch));
      return (int) Math.clamp(steps, 1, Integer.MAX_VALUE);
    } catch (IOException e) {
      throw Mistake.of(
          "%s cannot be read: %s", order.data().path(), String.valueOf(e.getMessage()));
    }
  }

  /// Gradients of so many parts of a batch are added up.
  private static int microBatches(YamlMap map) throws Mistake {
    if (map.has("microBatches") && map.has("accumulation")) {
      throw map.wrong("accumulation", "is another word for training.microBatches: give one");
    }
    return map.number("accumulation", map.number("microBatches", 1));
  }

  /// A rate that does not fall is one whose least is itself.
  private static Rate rate(YamlMap map, int steps) throws Mistake {
    float most = (float) map.decimal("learningRate", 1e-3);
    int warmup = map.number("warmup", Math.min(100, steps / 10));
    String title = map.text("schedule", Schedule.COSINE.title());
    if (title.equals(CONSTANT)) {
      if (map.has("minLearningRate")) {
        throw map.wrong("minLearningRate", "has no meaning with a constant schedule");
      }
      return Rate.cosine(most, most, warmup);
    }
    Optional<Schedule> schedule = Schedule.ofTitle(title);
    if (schedule.isEmpty()) {
      throw map.wrong(
          "schedule",
          "must be %s or %s, was '%s'"
              .formatted(String.join(", ", Schedule.titles()), CONSTANT, title));
    }
    double usual = schedule.get() == Schedule.LINEAR ? 0 : most / COSINE_LEAST;
    float least = (float) map.decimal("minLearningRate", usual);
    return new Rate(most, least, schedule.get(), warmup);
  }

  private float dropout() throws Mistake {
    float dropout = (float) root.map("training").decimal("dropout", 0);
    lines.refuse(ModelSpec.problems(dropout));
    return dropout;
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
      int count = map.number("count", 1);
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
}

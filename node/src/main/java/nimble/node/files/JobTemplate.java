package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import nimble.vm.data.TextData;
import nimble.vm.text.ChatTemplate;

/// What `nbcli job init` writes: every key with its default and its range.
///
/// @param data what to train on; looked into where its columns or classes have to be known
/// @param shown its path from the job file
/// @param label the column or key that a model shall tell
/// @param base the model to begin with, instead of the template's
/// @param steps as many as the template usually takes, when not given
public record JobTemplate(
    ModelTemplate template,
    String name,
    Path data,
    String shown,
    Optional<String> label,
    Optional<AdapterTemplate> base,
    Optional<Integer> steps,
    Optional<Integer> stages) {
  private static final int WARMUP_MOST = 100;
  private static final int EPOCHS = 20;
  private static final double TRAINED = 0.9;
  private static final int TEXT_STEPS = 2_000;

  /// The column of comments.
  private static final int COMMENTS = 23;

  /// What a template says of its own.
  ///
  /// @param rows of data; 0 for text
  private record Part(String theme, String model, String data, int batch, long rows) {}

  /// The job file.
  public String text() throws Mistake, IOException {
    Part part = part();
    int usual =
        part.rows == 0
            ? TEXT_STEPS
            : (int) Math.clamp(EPOCHS * TRAINED * part.rows / part.batch, 1, TEXT_STEPS);
    String text = text(part, steps.orElse(usual), stages.orElse(part.rows == 0 ? textStages() : 1));
    return text.lines().map(JobTemplate::aligned).collect(Collectors.joining("\n", "", "\n"));
  }

  private int textStages() {
    return base.map(AdapterTemplate::stages).orElse(AdapterTemplate.STAGES);
  }

  /// What is said of a key stands in one column, as far as it fits.
  private static String aligned(String line) {
    int at = line.lastIndexOf("  # ");
    String key = line.substring(0, Math.max(0, at)).stripTrailing();
    return key.isEmpty()
        ? line
        : key + " ".repeat(Math.max(2, COMMENTS - key.length())) + line.substring(at).strip();
  }

  private String text(Part part, int steps, int stages) {
    int warmup = Math.clamp(steps / 20, 1, WARMUP_MOST);
    String rows = part.rows == 0 ? "" : "; %d rows are trained on".formatted(trained(part));
    return """
    # A training job. Check it with `nbcli job plan FILE`, order it with `nbcli job submit FILE`.
    name: %s               # 1 to 64 bytes
    theme: %s              # what the model is about, for whoever finds it later; 0 to 64 bytes; default: nothing
    # start: 12@39         # the checkpoint to go on from, JOB@ROUND, or JOB for its newest: of the same model, base and stages; default: none

    %s
    data:
      file: %s             # relative to this file
      split: 0.9           # the first part is trained on, the rest is held out; 0.001 to 0.999
    %s
    training:
      steps: %d            # in all, those behind `start` included; 1 to 100000000; default: 2000%s
      # epochs: %d         # instead of steps: how often to go through all rows; above 0 to 100000
      batch: %d            # rows of a step, over all micro-batches; 1 to 4096; default: 12
      microBatches: 2      # gradient accumulation; more keep more stages busy; 1 to 256, a divisor of batch; default: 1
      # accumulation: 2    # another word for microBatches
      learningRate: 1e-3   # 0 to 1
      schedule: cosine     # how it falls: cosine, linear or constant
      minLearningRate: 1e-4  # what it falls to (constant: leave it out); 0 to learningRate; default: a tenth of it, linear: 0
      warmup: %d           # steps in which the learning rate rises; 0 to steps; default: a tenth of them, at most 100
      betas: [0.9, 0.99]   # of AdamW; 0 to 0.99999
      weightDecay: 0.1     # of matrices; 0 to 1
      clip: 1.0            # the largest norm of a step's gradient; above 0 to 1e6
      dropout: 0           # share of what residual branches and activations give that is left out; 0 to 0.9
      seed: 1              # of initial weights and of the order of the data; any whole number of 64 bits
      gradientCodec: bf16  # how gradients are committed: bf16, int8 or fp32

    stages:
      count: %d            # 1 to 64, at most one a layer
      # cuts: [3, 6]       # instead of count: the first layer of each stage but the first
      device: any          # or cpu, gpu

    classes: served        # numeric classes that enough validators have, served; or any

    money:                 # in NIM
      budget: 100          # locked at submission, what is not used comes back; above 0, at most what the wallet has
      maxPricePerHour: 10  # of one device; 0 to 1000000
      auditRate: 0         # a floor, 0 to 1; 0 leaves it to the miners' bonds
      deadline: 2h         # the job ends then, done or not; such as 90s, 15m, 2h, 7d; 1s to 366d; default: 1h
    """
        .formatted(
            word(name),
            part.theme,
            base.map(AdapterTemplate::text).orElseGet(() -> model(part)),
            word(shown),
            part.data,
            steps,
            rows,
            EPOCHS,
            part.batch,
            warmup,
            stages);
  }

  private String model(Part part) {
    String own =
        """
        model:
          template: %s         # one of %s
        %s  precision: fp32      # of matrix products: fp32 or bf16
        """
            .formatted(template.title(), String.join(", ", ModelTemplate.titles()), part.model);
    return template.isText() ? own + "\n" + AdapterTemplate.comment() : own;
  }

  private static long trained(Part part) {
    return (long) (part.rows * TRAINED);
  }

  private Part part() throws Mistake, IOException {
    return switch (template) {
      case GPT -> new Part("text", GPT, words(), 12, 0);
      case LLAMA -> new Part("text", LLAMA, words(), 12, 0);
      case MLP -> table();
      case TEXT_CLASSIFIER -> texts();
      case CNN -> images();
    };
  }

  /// Lines of JSON are conversations.
  private String words() {
    boolean lines = shown.endsWith(".jsonl") || shown.endsWith(".json");
    return """
      form: %s           # text, or instructions: lines of JSON, {"prompt": …, "response": …} or {"messages": […]}
      # chatTemplate: plain  # how conversations are written down: %s; default: as the tokenizer's folder says, or plain
      # tokenizer: DIR     # a folder with tokenizer.json; without one, an imported model's own, or bytes
    """
        .formatted(lines ? "instructions" : "text", String.join(", ", ChatTemplate.words()));
  }

  private static final String GPT =
      """
        vocabulary: %d      # 2 to 1048576; text is read as bytes, 256 of them
        context: 64          # bytes that the model sees at once; 1 to 32768
        layers: 4            # 1 to 127
        heads: 4             # must divide the width; 1 to 256
        width: 128           # 1 to 32768
        bias: false          # true as in GPT-2
      """
          .formatted(TextData.VOCABULARY);

  private static final String LLAMA =
      """
        vocabulary: %d      # 2 to 1048576; text is read as bytes, 256 of them
        context: 64          # bytes that the model sees at once; 1 to 32768
        layers: 4            # 1 to 127
        heads: 4             # of queries; 1 to 256
        kvHeads: 2           # of keys and values; 1 to 256, must divide the heads; default: as many as heads
        headWidth: 32        # 2 to 1024, even; default: width / heads
        width: 128           # 1 to 32768
        hidden: 352          # middle of the gated feed-forward; 1 to 131072; default: three times the width
        epsilon: 1e-5        # of the RMS norms; 1e-12 to 1e-2
        qkvBias: false       # true as in Qwen2
        rotary:
          theta: 10000       # 1 to 1e9
          scaling: none      # none, linear or llama3: for contexts longer than were trained on at first
          # factor: 1        # linear, llama3: how much longer; 1 to 4096
          # low: 1           # llama3: longer waves than originalContext / low are stretched; above 0 to 4096
          # high: 4          # llama3: shorter ones than originalContext / high are not; above low to 4096
          # originalContext: 8192  # llama3: 1 to 32768
      """
          .formatted(TextData.VOCABULARY);

  private Part table() throws Mistake, IOException {
    TableScan scan = TableScan.of(data, label);
    TableFile table = scan.table(data);
    StringBuilder text = new StringBuilder();
    text.append("  label: %s    # the column to tell%n".formatted(word(table.label())));
    if (table.classes().isEmpty()) {
      text.append(
          "  target: %s       # the label is a number; deviation: above 0%n  # classes: [no, yes]  # instead of target: values of the label%n"
              .formatted(show(table.target())));
    } else {
      text.append(
          "  classes: %s      # values of the label%n  # target: {mean: 0, deviation: 1}  # instead of classes, where the label is a number%n"
              .formatted(list(table.classes())));
    }
    text.append("  columns:           # a number, a list of categories, or ignore\n");
    for (Map.Entry<String, Column> column : table.columns().entrySet()) {
      String how =
          switch (column.getValue()) {
            case Column.Standardised numbers -> show(numbers);
            case Column.OneHot(var values) -> list(values);
            case Column.Ignored _ -> "ignore";
          };
      text.append("    %s: %s%n".formatted(word(column.getKey()), how));
    }
    String model =
        """
          layers: 2            # hidden ones; 1 to 64
          width: 64            # of each; 1 to 32768
        """;
    return new Part("tables", model, text.toString(), 64, scan.rows());
  }

  private static String show(Column.Standardised numbers) {
    return "{mean: %s, deviation: %s}".formatted(numbers.mean(), numbers.deviation());
  }

  private Part texts() throws Mistake, IOException {
    TextScan scan = TextScan.of(data, label);
    String keys =
        "  text: %s    # the column or key to read; default: text%n  label: %s    # the one to tell; default: label%n  classes: %s      # values of the label%n"
            .formatted(word(scan.text()), word(scan.label()), list(scan.classes()));
    String model =
        """
          context: 128         # the first bytes of a text that the model sees; 1 to 32768
          layers: 2            # 1 to 127
          heads: 4             # must divide the width; 1 to 256
          width: 64            # 1 to 32768
        """;
    return new Part("texts", model, keys, 32, scan.rows());
  }

  private Part images() throws Mistake, IOException {
    List<String> classes = ImageFolder.classes(data);
    if (classes.size() < 2) {
      throw Mistake.of("%s must hold a folder for each of two classes or more", data);
    }
    long rows = 0;
    for (String each : classes) {
      rows += ImageFolder.files(data.resolve(each)).size();
    }
    String keys =
        """
          classes: %s      # folders
          channels: 3          # 1 for grey or 3 for colours
          height: 32           # what images are made to; 2 to 1024
          width: 32            # 2 to 1024
        """
            .formatted(list(classes));
    String model =
        """
          layers: 2            # of convolution and pool; 1 to 8
          filters: 16          # of the first, doubled by each; 1 to 128
        """;
    return new Part("images", model, keys, 32, rows);
  }

  private static String list(List<String> words) {
    return "[" + String.join(", ", words.stream().map(JobTemplate::word).toList()) + "]";
  }

  /// As YAML reads it back.
  static String word(String text) {
    boolean plain =
        text.matches("(\\.{0,2}/)*[A-Za-z_][A-Za-z0-9_./-]*")
            && !text.matches("(?i)true|false|null|ignore");
    return plain ? text : Json.line(Json.of(text));
  }
}

package nimble.node.files;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nimble.vm.Image;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import nimble.vm.Rotary;
import nimble.vm.template.Cnn;
import nimble.vm.template.Gpt;
import nimble.vm.template.Llama;
import nimble.vm.template.Mlp;
import nimble.vm.template.TextClassifier;
import nimble.vm.text.ChatTemplate;

/// What makes a model and its data of a job file's `model` and `data` (F5).
public enum ModelTemplate {
  GPT {
    @Override
    Order read(YamlMap model, YamlMap data, Path folder, JobLines lines) throws Mistake {
      keys(model, "vocabulary", "context", "layers", "heads", "width", "bias");
      int vocabulary = model.number("vocabulary", 256);
      int context = model.number("context", 64);
      int layers = model.number("layers", 4);
      int heads = model.number("heads", 4);
      int width = model.number("width", 128);
      lines.refuse(Gpt.problems(vocabulary, context, layers, heads, width));
      boolean bias = model.flag("bias", false);
      Gpt gpt = new Gpt(vocabulary, context, layers, heads, width, bias);
      return new Order(gpt.spec(), text(data, folder, Optional.empty()));
    }
  },
  LLAMA {
    @Override
    Order read(YamlMap model, YamlMap data, Path folder, JobLines lines) throws Mistake {
      keys(
          model,
          "vocabulary",
          "context",
          "layers",
          "heads",
          "kvHeads",
          "headWidth",
          "width",
          "hidden",
          "epsilon",
          "qkvBias",
          "rotary");
      int heads = model.number("heads", 4);
      int width = model.number("width", 128);
      Llama llama =
          new Llama(
              model.number("vocabulary", 256),
              model.number("context", 64),
              model.number("layers", 4),
              heads,
              model.number("kvHeads", heads),
              model.number("headWidth", width / Math.max(1, heads)),
              width,
              model.number("hidden", 3 * width),
              (float) model.decimal("epsilon", 1e-5),
              rotary(model),
              model.flag("qkvBias", false));
      lines.refuse(llama.problems());
      return new Order(llama.spec(), text(data, folder, Optional.empty()));
    }
  },
  MLP {
    @Override
    Order read(YamlMap model, YamlMap data, Path folder, JobLines lines) throws Mistake {
      keys(model, "layers", "width");
      TableFile table = table(data, folder);
      int layers = model.number("layers", 2);
      int width = model.number("width", 64);
      lines.refuse(Mlp.problems(table.features(), layers, width, table.classes().size()));
      return new Order(
          new Mlp(table.features(), layers, width, table.classes().size()).spec(), table);
    }
  },
  TEXT_CLASSIFIER {
    @Override
    Order read(YamlMap model, YamlMap data, Path folder, JobLines lines) throws Mistake {
      keys(model, "context", "layers", "heads", "width");
      data.only("file", "split", "text", "label", "classes");
      List<String> classes = data.texts("classes");
      TextClassifier classifier =
          new TextClassifier(
              model.number("context", 128),
              model.number("layers", 2),
              model.number("heads", 4),
              model.number("width", 64),
              classes.size());
      lines.refuse(classifier.problems());
      Path file = folder.resolve(data.text("file"));
      String text = data.text("text", "text");
      String label = data.text("label", "label");
      return new Order(
          classifier.spec(), new LabelledTexts(file, text, label, classes, classifier.context()));
    }
  },
  CNN {
    @Override
    Order read(YamlMap model, YamlMap data, Path folder, JobLines lines) throws Mistake {
      keys(model, "layers", "filters");
      data.only("file", "split", "classes", "channels", "height", "width");
      List<String> classes = data.texts("classes");
      Image image =
          new Image(
              data.number("channels", 3), data.number("height", 32), data.number("width", 32));
      Cnn cnn =
          new Cnn(image, model.number("layers", 2), model.number("filters", 16), classes.size());
      lines.refuse(cnn.problems());
      Path path = folder.resolve(data.text("file"));
      return new Order(cnn.spec(), new ImageFolder(path, image, classes));
    }
  };

  /// A model and what it is trained on.
  record Order(ModelSpec model, DataSource data) {
    Order in(Precision precision) {
      return new Order(model.in(precision), data);
    }

    Order dropping(float rate) {
      return new Order(model.dropping(rate), data);
    }
  }

  abstract Order read(YamlMap model, YamlMap data, Path folder, JobLines lines) throws Mistake;

  /// Whether it learns from text, and an imported model can stand in its place.
  public boolean isText() {
    return this == GPT || this == LLAMA;
  }

  /// As people write it.
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static List<String> titles() {
    return Arrays.stream(values()).map(ModelTemplate::title).toList();
  }

  /// ", did you mean …?" or nothing.
  public static String hint(String title) {
    return Nearest.hint(title, titles());
  }

  public static Optional<ModelTemplate> ofTitle(String title) {
    return Arrays.stream(values()).filter(template -> template.title().equals(title)).findFirst();
  }

  /// @param folder that the path of the data is relative to
  static Order order(YamlMap model, YamlMap data, Path folder, JobLines lines) throws Mistake {
    String title = model.text("template", GPT.title());
    Optional<ModelTemplate> template = ofTitle(title);
    if (template.isEmpty()) {
      throw model.wrong(
          "template",
          "must be one of %s, was '%s'%s"
              .formatted(String.join(", ", titles()), title, hint(title)));
    }
    Order order = template.get().read(model, data, folder, lines);
    return order.in(precision(model));
  }

  static Precision precision(YamlMap model) throws Mistake {
    String title = model.text("precision", Precision.FP32.title());
    for (Precision precision : Precision.values()) {
      if (precision.title().equals(title)) {
        return precision;
      }
    }
    throw model.wrong("precision", "must be fp32 or bf16, was '%s'".formatted(title));
  }

  private static void keys(YamlMap model, String... own) throws Mistake {
    String[] all = Arrays.copyOf(own, own.length + 2);
    all[own.length] = "template";
    all[own.length + 1] = "precision";
    model.only(all);
  }

  /// Text as it is, as tokens of a tokenizer, or conversations.
  ///
  /// @param own folder of the model's own tokenizer
  static DataSource text(YamlMap data, Path folder, Optional<Path> own) throws Mistake {
    data.only("file", "split", "form", "chatTemplate", "tokenizer");
    Path file = folder.resolve(data.text("file"));
    Optional<Path> tokenizer =
        data.has("tokenizer") ? Optional.of(folder.resolve(data.text("tokenizer"))) : own;
    String form = data.text("form", "text");
    boolean instructions = form.equals("instructions");
    if (!instructions && !form.equals("text")) {
      throw data.wrong("form", "must be text or instructions, was '%s'".formatted(form));
    }
    return instructions || tokenizer.isPresent()
        ? new TokenData(file, instructions, chatTemplate(data), tokenizer)
        : new TextFile(file);
  }

  private static Optional<ChatTemplate> chatTemplate(YamlMap data) throws Mistake {
    if (!data.has("chatTemplate")) {
      return Optional.empty();
    }
    String word = data.text("chatTemplate");
    Optional<ChatTemplate> template = ChatTemplate.ofWord(word);
    if (template.isEmpty()) {
      throw data.wrong(
          "chatTemplate",
          "must be one of %s, was '%s'".formatted(String.join(", ", ChatTemplate.words()), word));
    }
    return template;
  }

  private static Rotary rotary(YamlMap model) throws Mistake {
    if (!model.has("rotary")) {
      return new Rotary(10_000);
    }
    YamlMap map =
        model.map("rotary").only("theta", "scaling", "factor", "low", "high", "originalContext");
    float factor = (float) map.decimal("factor", 1);
    String scaling = map.text("scaling", "none");
    Rotary.Scaling how =
        switch (scaling) {
          case "none" -> new Rotary.Unscaled();
          case "linear" -> new Rotary.Linear(factor);
          case "llama3" ->
              new Rotary.Llama3(
                  factor,
                  (float) map.decimal("low", 1),
                  (float) map.decimal("high", 4),
                  map.number("originalContext", 8_192));
          default ->
              throw map.wrong(
                  "scaling", "must be none, linear or llama3, was '%s'".formatted(scaling));
        };
    return new Rotary((float) map.decimal("theta", 10_000), how);
  }

  private static TableFile table(YamlMap data, Path folder) throws Mistake {
    data.only("file", "split", "label", "classes", "target", "columns");
    List<String> classes = data.has("classes") ? data.texts("classes") : List.of();
    if (data.has("classes") == data.has("target")) {
      throw data.wrong("classes", "or data.target must be given, and not both");
    }
    YamlMap map = data.map("columns");
    Map<String, Column> columns = new LinkedHashMap<>();
    for (String name : map.keys()) {
      columns.put(name, column(map, name));
    }
    return new TableFile(
        folder.resolve(data.text("file")),
        data.text("label"),
        classes,
        data.has("target") ? standardised(data, "target") : new Column.Standardised(0, 1),
        columns);
  }

  private static Column column(YamlMap columns, String name) throws Mistake {
    if (columns.isMap(name)) {
      return standardised(columns, name);
    }
    if (columns.isList(name)) {
      List<String> values = columns.texts(name);
      if (values.size() > Column.OneHot.VALUES_MAX) {
        throw columns.wrong(name, "has more than %d values".formatted(Column.OneHot.VALUES_MAX));
      }
      return new Column.OneHot(values);
    }
    if (!columns.text(name).equals("ignore")) {
      throw columns.wrong(
          name,
          "must be ignore, a list of values, or {mean: …, deviation: …}, was '%s'"
              .formatted(columns.text(name)));
    }
    return new Column.Ignored();
  }

  private static Column.Standardised standardised(YamlMap map, String key) throws Mistake {
    YamlMap numbers = map.map(key).only("mean", "deviation");
    double deviation = numbers.decimal("deviation", 1);
    if (!(deviation > 0)) {
      throw numbers.wrong("deviation", "must be above 0, was " + deviation);
    }
    return new Column.Standardised(numbers.decimal("mean", 0), deviation);
  }
}

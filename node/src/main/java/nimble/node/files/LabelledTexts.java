package nimble.node.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;
import nimble.vm.hf.Lines;

/// Texts with a class each, from a table or from lines of JSON: a text's first bytes, as many as
/// the model's context, with the class at the last of them.
///
/// @param text name of the column or key that holds the text
/// @param context of the model
record LabelledTexts(Path path, String text, String label, List<String> classes, int context)
    implements LabelledSource {
  static final int LINE_MAX = 1 << 20;

  LabelledTexts {
    classes = List.copyOf(classes);
  }

  /// One text with its label.
  interface Texts {
    void at(int line, String text, String label) throws Mistake, IOException;
  }

  @Override
  public DataForm form() {
    return DataForm.EXAMPLES;
  }

  @Override
  public long rows(ModelSpec model) throws Mistake, IOException {
    long[] rows = new long[1];
    each(path, text, label, (_, _, _) -> rows[0]++);
    return rows[0];
  }

  @Override
  public void write(RowWriter to) throws Mistake, IOException {
    each(
        path,
        text,
        label,
        to.takesUnlabelled(),
        (line, words, word) -> write(line, words, word, to));
  }

  private void write(int line, String words, String word, RowWriter to)
      throws Mistake, IOException {
    boolean unlabelled = to.takesUnlabelled() && word.isBlank();
    int id = unlabelled ? RowWriter.ASKED : classes.indexOf(word);
    if (id < 0 && !unlabelled) {
      throw Mistake.of(
          "%s:%d: %s is '%s', which the job file does not list%s",
          path, line, label, word, Nearest.hint(word, classes));
    }
    byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < context; i++) {
      to.id(i < bytes.length ? bytes[i] & 0xff : 0);
    }
    int last = Math.clamp(bytes.length, 1, context) - 1;
    for (int i = 0; i < context; i++) {
      to.id(i == last ? id : Layer.Head.UNLABELLED);
    }
    to.end();
  }

  @Override
  public LabelledTexts in(Path data) {
    return new LabelledTexts(data, text, label, classes, context);
  }

  static void each(Path path, String text, String label, Texts texts) throws Mistake, IOException {
    each(path, text, label, false, texts);
  }

  /// All texts of a file, by its name a table or lines of JSON.
  ///
  /// @param unlabelled some may have no label: then it is empty
  private static void each(Path path, String text, String label, boolean unlabelled, Texts texts)
      throws Mistake, IOException {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".jsonl") || name.endsWith(".json") || name.endsWith(".ndjson")) {
      eachLine(path, text, label, unlabelled, texts);
    } else {
      eachRow(path, text, label, unlabelled, texts);
    }
  }

  private static void eachRow(Path path, String text, String label, boolean unlabelled, Texts texts)
      throws Mistake, IOException {
    try (CsvFile csv = CsvFile.open(path)) {
      int textAt = csv.column(text);
      int labelAt = unlabelled && !csv.header().contains(label) ? -1 : csv.column(label);
      Optional<CsvFile.Row> row = csv.next();
      while (row.isPresent()) {
        List<String> fields = row.get().fields();
        String word = labelAt < 0 ? "" : fields.get(labelAt).strip();
        texts.at(row.get().line(), fields.get(textAt), word);
        row = csv.next();
      }
    }
  }

  private static void eachLine(
      Path path, String text, String label, boolean unlabelled, Texts texts)
      throws Mistake, IOException {
    try (Lines lines = Lines.of(path, LINE_MAX)) {
      eachLine(path, lines, text, label, unlabelled, texts);
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    } catch (NoSuchFileException e) {
      throw Mistake.of("%s does not exist", path);
    }
  }

  static void eachLine(
      Path path, Lines lines, String text, String label, boolean unlabelled, Texts texts)
      throws Mistake, Malformed, IOException {
    Optional<String> read = lines.next();
    while (read.isPresent()) {
      if (!read.get().isBlank()) {
        int line = lines.number();
        JsonNode object = object(path, line, read.get());
        String word =
            unlabelled && !object.hasNonNull(label) ? "" : field(path, line, object, label);
        texts.at(line, field(path, line, object, text), word);
      }
      read = lines.next();
    }
  }

  private static JsonNode object(Path path, int line, String text) throws Mistake, IOException {
    try {
      JsonNode node = Json.parse(text);
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw Mistake.of("%s:%d: not JSON: %s", path, line, e.getOriginalMessage());
    }
    throw Mistake.of("%s:%d: must be an object with a text and a label", path, line);
  }

  private static String field(Path path, int line, JsonNode object, String key) throws Mistake {
    JsonNode value = object.get(key);
    if (value == null || !value.isValueNode() || value.isNull()) {
      List<String> keys = object.propertyStream().map(property -> property.getKey()).toList();
      throw Mistake.of(
          "%s:%d: '%s' must be text, was %s%s",
          path, line, key, value == null ? "missing" : value, Nearest.hint(key, keys));
    }
    return value.asText();
  }
}

package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Looks through labelled texts for their classes.
///
/// @param text name of the column or key that holds the text
record TextScan(String text, String label, List<String> classes, long rows) {
  static final int CLASSES_MAX = 64;

  private static final String TEXT = "text";
  private static final String LABEL = "label";

  TextScan {
    classes = List.copyOf(classes);
  }

  /// A table's text is its column `text`, or the first that is not the label.
  static TextScan of(Path path, Optional<String> label) throws Mistake, IOException {
    String name = label.orElse(LABEL);
    String text = text(path, name);
    SortedSet<String> classes = new TreeSet<>();
    long[] rows = new long[1];
    LabelledTexts.each(
        path,
        text,
        name,
        (line, _, word) -> {
          rows[0]++;
          classes.add(word);
          if (classes.size() > CLASSES_MAX) {
            throw Mistake.of(
                "%s:%d: '%s' has more than %d different values: choose another with --label",
                path, line, name, CLASSES_MAX);
          }
        });
    if (classes.size() < 2) {
      throw Mistake.of("%s: '%s' is the same in all %d texts", path, name, rows[0]);
    }
    return new TextScan(text, name, List.copyOf(classes), rows[0]);
  }

  private static String text(Path path, String label) throws Mistake, IOException {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith("json") || name.endsWith("jsonl")) {
      return TEXT;
    }
    try (CsvFile csv = CsvFile.open(path)) {
      csv.column(label);
      return csv.header().contains(TEXT)
          ? TEXT
          : csv.header().stream().filter(column -> !column.equals(label)).findFirst().orElse(TEXT);
    }
  }
}

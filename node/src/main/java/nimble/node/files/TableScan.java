package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;

/// Looks through a table for what its columns could be.
///
/// A column whose fields are all numbers, or empty, is one of numbers; one with at most
/// [#CATEGORIES_MOST] different texts is of categories; others, those that say nothing, and those
/// with another text in every row are ignored. A label is a class unless it is a number with more
/// than [#CLASSES_MOST] values.
public final class TableScan {
  static final int CATEGORIES_MOST = 64;
  static final int CLASSES_MOST = 20;

  private static final int DIGITS_MAX = 64;

  /// What is seen of a column.
  private static final class Seen {
    private final SortedSet<String> values = new TreeSet<>();
    private boolean many;
    private boolean numeric = true;
    private boolean gaps;
    private long count;
    private double mean;
    private double squares;

    /// Mean and squares by Welford's way.
    void add(String field) {
      if (!many) {
        values.add(field);
        many = values.size() > CATEGORIES_MOST;
      }
      if (field.isEmpty()) {
        gaps = true;
        return;
      }
      OptionalDouble number = numeric ? TableScan.number(field) : OptionalDouble.empty();
      numeric = number.isPresent();
      if (numeric) {
        count++;
        double off = number.getAsDouble() - mean;
        mean += off / count;
        squares += off * (number.getAsDouble() - mean);
      }
    }

    double deviation() {
      return count == 0 ? 0 : Math.sqrt(squares / count);
    }

    Column column(long rows) {
      if (numeric && deviation() > 0) {
        return new Column.Standardised(mean, deviation());
      }
      boolean tells = values.size() > 1 && values.size() < rows && !many && !numeric;
      return tells ? new Column.OneHot(List.copyOf(values)) : new Column.Ignored();
    }
  }

  private final List<Seen> seen = new ArrayList<>();
  private final List<String> header;
  private final String label;
  private long rows;

  private TableScan(List<String> header, String label) {
    this.header = header;
    this.label = label;
    header.forEach(_ -> seen.add(new Seen()));
  }

  /// @param label the column that a model shall tell; the last one when there is none
  static TableScan of(Path path, Optional<String> label) throws Mistake, IOException {
    try (CsvFile csv = CsvFile.open(path)) {
      List<String> header = csv.header();
      TableScan scan =
          new TableScan(header, header.get(csv.column(label.orElse(header.getLast()))));
      Optional<CsvFile.Row> row = csv.next();
      while (row.isPresent()) {
        for (int i = 0; i < header.size(); i++) {
          scan.seen.get(i).add(row.get().fields().get(i).strip());
        }
        scan.rows++;
        row = csv.next();
      }
      scan.check(csv);
      return scan;
    }
  }

  private void check(CsvFile csv) throws Mistake {
    Seen target = seen.get(header.indexOf(label));
    if (target.gaps) {
      throw csv.at(1, "the label '%s' is empty in some rows".formatted(label));
    }
    if (target.many && !target.numeric) {
      throw csv.at(
          1,
          "the label '%s' has more than %d different texts: choose another with --label"
              .formatted(label, CATEGORIES_MOST));
    }
    if (target.values.size() < 2) {
      throw csv.at(1, "the label '%s' is the same in all %d rows".formatted(label, rows));
    }
  }

  long rows() {
    return rows;
  }

  TableFile table(Path path) {
    Seen target = seen.get(header.indexOf(label));
    boolean number = target.numeric && (target.many || target.values.size() > CLASSES_MOST);
    Map<String, Column> columns = new LinkedHashMap<>();
    for (int i = 0; i < header.size(); i++) {
      if (!header.get(i).equals(label)) {
        columns.put(header.get(i), seen.get(i).column(rows));
      }
    }
    return new TableFile(
        path,
        label,
        number ? List.of() : List.copyOf(target.values),
        new Column.Standardised(number ? target.mean : 0, number ? target.deviation() : 1),
        columns);
  }

  /// Of a field as tables have them.
  static OptionalDouble number(String field) {
    if (field.length() <= DIGITS_MAX
        && field.matches("[-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")) {
      double number = Double.parseDouble(field);
      return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }
    return OptionalDouble.empty();
  }
}

package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;

/// Rows of a table: numbers standardised, categories one-hot, and a label that is a class or, with
/// no classes, a number.
///
/// @param target of the label, when it is a number
/// @param columns all but the label, in the order in which they become numbers
record TableFile(
    Path path,
    String label,
    List<String> classes,
    Column.Standardised target,
    Map<String, Column> columns)
    implements LabelledSource {
  TableFile {
    classes = List.copyOf(classes);
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  @Override
  public TableFile in(Path data) {
    return new TableFile(data, label, classes, target, columns);
  }

  @Override
  public double unscaled(double answer) {
    return answer * target.deviation() + target.mean();
  }

  int features() {
    return columns.values().stream().mapToInt(Column::width).sum();
  }

  @Override
  public DataForm form() {
    return DataForm.EXAMPLES;
  }

  @Override
  public long rows(ModelSpec model) throws Mistake, IOException {
    try (CsvFile csv = CsvFile.open(path)) {
      long rows = 0;
      while (csv.next().isPresent()) {
        rows++;
      }
      return rows;
    }
  }

  @Override
  public void write(RowWriter to) throws Mistake, IOException {
    try (CsvFile csv = CsvFile.open(path)) {
      boolean unlabelled = to.takesUnlabelled() && !csv.header().contains(label);
      int labelAt = unlabelled ? -1 : csv.column(label);
      List<Map.Entry<Integer, Column>> places = new ArrayList<>();
      for (Map.Entry<String, Column> column : columns.entrySet()) {
        if (!(column.getValue() instanceof Column.Ignored)) {
          places.add(Map.entry(csv.column(column.getKey()), column.getValue()));
        }
      }
      Optional<CsvFile.Row> row = csv.next();
      while (row.isPresent()) {
        for (Map.Entry<Integer, Column> place : places) {
          feature(csv, row.get(), place.getKey(), place.getValue(), to);
        }
        label(csv, row.get(), labelAt, to);
        to.end();
        row = csv.next();
      }
    }
  }

  private static void feature(CsvFile csv, CsvFile.Row row, int at, Column column, RowWriter to)
      throws Mistake {
    String field = row.fields().get(at).strip();
    switch (column) {
      case Column.Standardised numbers ->
          to.number(field.isEmpty() ? 0 : numbers.of(number(csv, row, at)));
      case Column.OneHot(var values) -> {
        int value = choice(csv, row, at, values);
        for (int i = 0; i < values.size(); i++) {
          to.number(i == value ? 1 : 0);
        }
      }
      case Column.Ignored _ -> {}
    }
  }

  private void label(CsvFile csv, CsvFile.Row row, int at, RowWriter to) throws Mistake {
    if (at < 0 || (to.takesUnlabelled() && row.fields().get(at).isBlank())) {
      asked(to);
    } else if (classes.isEmpty()) {
      to.number(target.of(number(csv, row, at)));
    } else {
      to.id(choice(csv, row, at, classes));
    }
  }

  private void asked(RowWriter to) {
    if (classes.isEmpty()) {
      to.number(Double.NaN);
    } else {
      to.id(RowWriter.ASKED);
    }
  }

  private static double number(CsvFile csv, CsvFile.Row row, int at) throws Mistake {
    String field = row.fields().get(at).strip();
    return TableScan.number(field)
        .orElseThrow(() ->
            csv.at(
                row.line(),
                "%s must be a number, was '%s'".formatted(csv.header().get(at), field)));
  }

  static int choice(CsvFile csv, CsvFile.Row row, int at, List<String> values) throws Mistake {
    String field = row.fields().get(at).strip();
    int value = values.indexOf(field);
    if (value < 0) {
      throw csv.at(
          row.line(),
          "%s is '%s', which the job file does not list%s"
              .formatted(csv.header().get(at), field, Nearest.hint(field, values)));
    }
    return value;
  }
}

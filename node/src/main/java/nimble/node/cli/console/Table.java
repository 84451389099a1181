package nimble.node.cli.console;

import java.util.ArrayList;
import java.util.List;

/// Columns as wide as what stands in them; the last one may run on, and is cut where the terminal
/// ends.
public final class Table {
  private static final int WIDTH_DEFAULT = 100;
  private static final int CELL_MAX = 44;

  private final List<List<String>> rows = new ArrayList<>();

  /// @param titles of the columns; every row has as many cells
  public Table(String... titles) {
    rows.add(List.of(titles));
  }

  public Table row(Object... cells) {
    rows.add(List.of(cells).stream().map(String::valueOf).toList());
    return this;
  }

  /// No wider than the terminal: what is too long is cut.
  public String show(Surroundings surroundings) {
    int most = width(surroundings);
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Math.min(CELL_MAX, row.get(i).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns - 1; i++) {
        String cell = cut(row.get(i), CELL_MAX);
        line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      line.append(row.getLast());
      text.append(cut(line.toString().stripTrailing(), most)).append('\n');
    }
    return text.toString();
  }

  /// Where nobody looks nothing is cut.
  private static int width(Surroundings surroundings) {
    if (surroundings.terminal().isEmpty()) {
      return Integer.MAX_VALUE;
    }
    String columns = surroundings.environment().getOrDefault("COLUMNS", "");
    return columns.matches("[0-9]{2,4}") ? Math.max(40, Integer.parseInt(columns)) : WIDTH_DEFAULT;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}

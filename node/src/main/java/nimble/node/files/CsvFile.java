package nimble.node.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A table with a header, in the form of RFC 4180 or with semicolons or tabs, row by row.
final class CsvFile implements AutoCloseable {
  static final int COLUMNS_MAX = 4_096;
  static final int ROW_CHARS_MAX = 1 << 20;
  static final int ROWS_MAX = 1 << 24;

  private static final char QUOTE = '"';
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final List<Character> SEPARATORS = List.of(',', ';', '\t');

  private final Path path;
  private final BufferedReader reader;
  private final char separator;
  private final List<String> header;
  private int line;
  private int rows;

  /// @param line where the row begins
  record Row(int line, List<String> fields) {}

  static CsvFile open(Path path) throws Mistake, IOException {
    try {
      return new CsvFile(path, Files.newBufferedReader(path));
    } catch (NoSuchFileException e) {
      throw Mistake.of("%s does not exist", path);
    }
  }

  /// @param path for messages
  static CsvFile of(Path path, Reader text) throws Mistake, IOException {
    return new CsvFile(path, new BufferedReader(text));
  }

  private CsvFile(Path path, BufferedReader reader) throws Mistake, IOException {
    this.path = path;
    this.reader = reader;
    reader.mark(ROW_CHARS_MAX);
    if (read() != BYTE_ORDER_MARK) {
      reader.reset();
    }
    separator = separator();
    Optional<Row> first = record();
    if (first.isEmpty()) {
      throw Mistake.of("%s is empty: it must begin with a row of column names", path);
    }
    header = first.get().fields().stream().map(String::strip).toList();
    checkHeader();
  }

  /// Whichever the header has most of outside of quotes.
  private char separator() throws Mistake, IOException {
    reader.mark(ROW_CHARS_MAX);
    int[] counts = new int[SEPARATORS.size()];
    boolean quoted = false;
    boolean begins = true;
    int c = read();
    for (int i = 1; i < ROW_CHARS_MAX && c >= 0 && (quoted || c != '\n'); i++) {
      int separator = SEPARATORS.indexOf((char) c);
      if (separator >= 0 && !quoted) {
        counts[separator]++;
      }
      quoted = c == QUOTE ? !quoted && begins : quoted;
      begins = separator >= 0 || c == QUOTE;
      c = read();
    }
    reader.reset();
    int most = 0;
    for (int i = 1; i < counts.length; i++) {
      most = counts[i] > counts[most] ? i : most;
    }
    return SEPARATORS.get(most);
  }

  private int read() throws Mistake, IOException {
    try {
      return reader.read();
    } catch (CharacterCodingException e) {
      throw Mistake.of("%s is not UTF-8 text", path);
    }
  }

  private void checkHeader() throws Mistake {
    if (header.size() > COLUMNS_MAX) {
      throw at(1, "%d columns, at most %d are possible".formatted(header.size(), COLUMNS_MAX));
    }
    for (int i = 0; i < header.size(); i++) {
      if (header.get(i).isEmpty() || header.indexOf(header.get(i)) < i) {
        throw at(1, "column %d has no name of its own: '%s'".formatted(i + 1, header.get(i)));
      }
    }
  }

  List<String> header() {
    return header;
  }

  /// The number of a column that must be there.
  int column(String name) throws Mistake {
    int column = header.indexOf(name);
    if (column < 0) {
      throw at(1, "no column '%s'%s".formatted(name, Nearest.hint(name, header)));
    }
    return column;
  }

  /// The next row that is not blank.
  Optional<Row> next() throws Mistake, IOException {
    Optional<Row> row = record();
    while (row.isPresent() && row.get().fields().equals(List.of(""))) {
      row = record();
    }
    if (row.isPresent() && row.get().fields().size() != header.size()) {
      throw at(
          row.get().line(),
          "%d fields, but the header has %d columns"
              .formatted(row.get().fields().size(), header.size()));
    }
    if (row.isPresent() && ++rows > ROWS_MAX) {
      throw at(row.get().line(), "more than %d rows".formatted(ROWS_MAX));
    }
    return row;
  }

  Mistake at(int line, String words) {
    return Mistake.of("%s:%d: %s", path, line, words);
  }

  private Optional<Row> record() throws Mistake, IOException {
    int start = ++line;
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    int c = read();
    if (c < 0) {
      return Optional.empty();
    }
    boolean quoted = false;
    for (int size = 0; c >= 0 && (quoted || c != '\n'); size++) {
      if (size == ROW_CHARS_MAX || fields.size() == COLUMNS_MAX) {
        throw at(
            start,
            quoted
                ? "a quote that does not end"
                : "a row of more than %d characters or %d columns"
                    .formatted(ROW_CHARS_MAX, COLUMNS_MAX));
      }
      if (c == QUOTE && (quoted || field.isEmpty())) {
        int next = read();
        boolean doubled = quoted && next == QUOTE;
        if (doubled) {
          field.append(QUOTE);
        } else {
          quoted = !quoted;
        }
        c = doubled ? read() : next;
        continue;
      }
      if (c == separator && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else if (c != '\r' || quoted) {
        field.append((char) c);
      }
      line += c == '\n' ? 1 : 0;
      c = read();
    }
    if (quoted) {
      throw at(start, "a quote that does not end");
    }
    fields.add(field.toString());
    return Optional.of(new Row(start, fields));
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}

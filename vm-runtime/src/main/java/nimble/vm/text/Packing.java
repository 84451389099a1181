package nimble.vm.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nimble.vm.text.ChatTemplate.Piece;

/// Puts conversations into rows (X4): each into the first of the open rows that has room for all of
/// it. One thread.
public final class Packing {
  private static final int OPEN_MAX = 32;

  private final Tokenizer tokenizer;
  private final int context;
  private final List<Row> open = new ArrayList<>();
  private final List<TokenRows.Row> full = new ArrayList<>();
  private long conversations;
  private long shortened;
  private long empty;

  public Packing(Tokenizer tokenizer, int context) {
    this.tokenizer = tokenizer;
    this.context = context;
  }

  /// The next conversation.
  public void add(List<Piece> pieces) {
    conversations++;
    Row tokens = new Row();
    for (Piece piece : pieces) {
      tokenizer.encode(piece.text()).forEach(id -> tokens.add(id, piece.counted()));
    }
    if (tokens.size() > context + 1) {
      shortened++;
      tokens.cut(context + 1);
    }
    if (!tokens.hasCounted()) {
      empty++;
      return;
    }
    for (Row row : open) {
      if (row.size() + tokens.size() <= context + 1) {
        row.addAll(tokens);
        return;
      }
    }
    if (open.size() == OPEN_MAX) {
      close(open.removeFirst());
    }
    open.add(tokens);
  }

  /// All rows, in the order in which they were full.
  ///
  /// @param vocabulary of the model
  public TokenRows finish(int vocabulary) {
    open.forEach(this::close);
    open.clear();
    return TokenRows.of(context, vocabulary, full);
  }

  public long conversations() {
    return conversations;
  }

  /// Conversations that lost their end.
  public long shortened() {
    return shortened;
  }

  /// Conversations of which nothing would count.
  public long empty() {
    return empty;
  }

  public int rows() {
    return full.size() + open.size();
  }

  private void close(Row row) {
    row.cut(context + 1);
    full.add(row.padded(context + 1));
  }

  private static final class Row {
    private final List<Integer> ids = new ArrayList<>();
    private final List<Boolean> counted = new ArrayList<>();

    int size() {
      return ids.size();
    }

    void add(int id, boolean counts) {
      ids.add(id);
      counted.add(counts);
    }

    void addAll(Row other) {
      ids.addAll(other.ids);
      counted.addAll(other.counted);
    }

    void cut(int size) {
      while (ids.size() > size) {
        ids.removeLast();
        counted.removeLast();
      }
    }

    /// The first id of a row is nobody's label.
    boolean hasCounted() {
      return counted.size() > 1 && counted.subList(1, counted.size()).contains(true);
    }

    TokenRows.Row padded(int size) {
      int left = size - ids.size();
      ids.addAll(Collections.nCopies(left, 0));
      counted.addAll(Collections.nCopies(left, false));
      return new TokenRows.Row(ids, counted.subList(1, size));
    }
  }
}

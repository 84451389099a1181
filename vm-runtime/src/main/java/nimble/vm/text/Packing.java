package nimble.vm.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.vm.Layer;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.text.ChatTemplate.Piece;

/// Puts conversations into rows (X4): each into the first of the open rows that has room for all of
/// it. One thread.
public final class Packing {
  private static final int OPEN_MAX = 32;

  private final Tokenizer tokenizer;
  private final int context;
  private final List<Draft> open = new ArrayList<>();
  private final List<Row> full = new ArrayList<>();
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
    Draft tokens = new Draft();
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
    for (Draft row : open) {
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

  /// A part of one text, of which every id counts: takes whole rows from the front of `ids`, and
  /// leaves what they do not need.
  public void stream(List<Integer> ids) {
    int taken = 0;
    for (; ids.size() - taken > context; taken += context) {
      full.add(
          new Row(
              ids.subList(taken, taken + context), ids.subList(taken + 1, taken + context + 1)));
    }
    ids.subList(0, taken).clear();
  }

  /// All rows, in the order in which they were full.
  public List<Row> finish() {
    open.forEach(this::close);
    open.clear();
    return List.copyOf(full);
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

  private void close(Draft draft) {
    full.add(draft.row(context));
  }

  /// What a model takes and what a loss compares with, as many of each as the context has
  /// positions.
  ///
  /// @param labels the id behind each, or [Layer.Head#UNLABELLED] where it does not count
  public record Row(List<Integer> ids, List<Integer> labels) {
    public Row {
      ids = List.copyOf(ids);
      labels = List.copyOf(labels);
    }

    /// As [nimble.vm.data.ExampleData] has it.
    public Bytes bytes() {
      int[] words = IntStream.concat(ints(ids), ints(labels)).toArray();
      return LittleEndian.ofInts(words);
    }

    private static IntStream ints(List<Integer> list) {
      return list.stream().mapToInt(Integer::intValue);
    }

    /// Labels that count.
    public long counted() {
      return labels.stream().filter(label -> label != Layer.Head.UNLABELLED).count();
    }
  }

  /// A row that is not full yet.
  private static final class Draft {
    private final List<Integer> ids = new ArrayList<>();
    private final List<Boolean> counted = new ArrayList<>();

    int size() {
      return ids.size();
    }

    void add(int id, boolean counts) {
      ids.add(id);
      counted.add(counts);
    }

    void addAll(Draft other) {
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

    Row row(int context) {
      List<Integer> inputs = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      for (int i = 0; i < context; i++) {
        inputs.add(i < ids.size() ? ids.get(i) : 0);
        boolean counts = i + 1 < ids.size() && counted.get(i + 1);
        labels.add(counts ? ids.get(i + 1) : Layer.Head.UNLABELLED);
      }
      return new Row(inputs, labels);
    }
  }
}

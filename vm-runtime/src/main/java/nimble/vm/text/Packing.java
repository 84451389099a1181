package nimble.vm.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Layer;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.text.ChatTemplate.Piece;

/// Puts conversations into rows (X4): each into the first of the open rows that has room for all of
/// it. Rows are taken as they become full, so that as little lies in memory as is open. One thread.
public final class Packing {
  private static final int OPEN_MAX = 32;

  private final Tokenizer tokenizer;
  private final int context;
  private final List<Draft> open = new ArrayList<>();
  private final List<Row> full = new ArrayList<>();
  private long rows;
  private long conversations;
  private long shortened;
  private long empty;

  public Packing(Tokenizer tokenizer, int context) {
    this.tokenizer = tokenizer;
    this.context = context;
  }

  /// The next conversation.
  ///
  /// @throws Malformed when the tokenizer has no tokens for it
  public void add(List<Piece> pieces) throws Malformed {
    conversations++;
    Draft tokens = new Draft();
    String before = "";
    for (Piece piece : pieces) {
      tokens.add(tokenizer.encodeBehind(before, piece.text()), piece.counted());
      before = piece.text();
    }
    if (tokens.size > context + 1) {
      shortened++;
      tokens.cut(context + 1);
    }
    if (!tokens.hasCounted()) {
      empty++;
      return;
    }
    for (Draft row : open) {
      if (row.size + tokens.size <= context + 1) {
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
      Draft row = new Draft();
      row.add(ids.subList(taken, taken + context + 1), true);
      close(row);
    }
    ids.subList(0, taken).clear();
  }

  /// Rows that became full since they were taken last, in that order.
  public List<Row> take() {
    List<Row> taken = List.copyOf(full);
    full.clear();
    return taken;
  }

  /// [#take] when nothing more comes: the open ones too.
  public List<Row> finish() {
    open.forEach(this::close);
    open.clear();
    return take();
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

  /// So far, open ones and those that were taken included.
  public long rows() {
    return rows + open.size();
  }

  private void close(Draft draft) {
    rows++;
    full.add(draft.row(context));
  }

  /// What a model takes and what a loss compares with, as many of each as the context has
  /// positions.
  ///
  /// @param bytes all ids, then all labels, as [nimble.vm.data.ExampleData] has them
  public record Row(Bytes bytes) {
    public List<Integer> ids() {
      return half(0);
    }

    /// The id behind each, or [Layer.Head#UNLABELLED] where it does not count.
    public List<Integer> labels() {
      return half(bytes.size() / 2);
    }

    private List<Integer> half(int from) {
      int[] words = LittleEndian.ints(bytes.slice(from, from + bytes.size() / 2));
      return Arrays.stream(words).boxed().toList();
    }

    /// Labels that count.
    public long counted() {
      return labels().stream().filter(label -> label != Layer.Head.UNLABELLED).count();
    }
  }

  /// A row that is not full yet.
  private static final class Draft {
    private static final int FIRST = 64;

    private int[] ids = new int[FIRST];
    private final BitSet counted = new BitSet();
    private int size;

    void add(List<Integer> more, boolean counts) {
      grow(more.size());
      counted.set(size, size + more.size(), counts);
      for (int id : more) {
        ids[size++] = id;
      }
    }

    void addAll(Draft other) {
      grow(other.size);
      System.arraycopy(other.ids, 0, ids, size, other.size);
      other.counted.stream().forEach(at -> counted.set(size + at));
      size += other.size;
    }

    private void grow(int more) {
      if (size + more > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + more));
      }
    }

    void cut(int to) {
      size = to;
      counted.clear(to, Math.max(to, counted.length()));
    }

    /// The first id of a row is nobody's label.
    boolean hasCounted() {
      return counted.nextSetBit(1) > 0;
    }

    Row row(int context) {
      byte[] bytes = new byte[2 * context * Integer.BYTES];
      ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < context; i++) {
        words.putInt(i < size ? ids[i] : 0);
      }
      for (int i = 1; i <= context; i++) {
        words.putInt(counted.get(i) ? ids[i] : Layer.Head.UNLABELLED);
      }
      return new Row(Bytes.wrap(bytes));
    }
  }
}

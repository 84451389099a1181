package nimble.vm.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.vm.DataSet.Example;
import nimble.vm.Layer;
import nimble.vm.LittleEndian;
import nimble.vm.ModelSpec;
import nimble.vm.Philox;
import nimble.vm.Problem;
import nimble.vm.StageSpec;

/// Rows of token ids, and which of them a loss counts: as many ids as a context and the one behind
/// it. As bytes: version, context, vocabulary, count of rows; then row by row the ids (four bytes
/// each, little-endian), and a bit for each id behind the first, lowest first, that says whether it
/// counts.
public final class TokenRows {
  public static final int ROWS_MAX = 1 << 24;

  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 1 + 3 * Integer.BYTES;

  private final Bytes bytes;
  private final ByteBuffer view;
  private final int context;
  private final int vocabulary;
  private final int rows;

  private TokenRows(Bytes bytes, int context, int vocabulary, int rows) {
    this.bytes = bytes;
    this.view = bytes.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
    this.context = context;
    this.vocabulary = vocabulary;
    this.rows = rows;
  }

  /// Ids of one row.
  ///
  /// @param counted of each id but the first
  public record Row(List<Integer> ids, List<Boolean> counted) {
    public Row {
      ids = List.copyOf(ids);
      counted = List.copyOf(counted);
      Invariant.check(counted.size() == ids.size() - 1, "%d of %d", counted.size(), ids.size());
    }
  }

  public static TokenRows of(int context, int vocabulary, List<Row> rows) {
    int rowBytes = rowBytes(context);
    long size = HEAD_BYTES + (long) rows.size() * rowBytes;
    Bytes head = Writer.encode(to -> to.u8(VERSION).u32(context).u32(vocabulary).u32(rows.size()));
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    all.put(head.asBuffer());
    for (Row row : rows) {
      Invariant.check(row.ids().size() == context + 1, "%d ids", row.ids().size());
      row.ids().forEach(all::putInt);
      byte[] mask = new byte[Math.ceilDiv(context, Byte.SIZE)];
      for (int i = 0; i < context; i++) {
        if (row.counted().get(i)) {
          mask[i / Byte.SIZE] |= (byte) (1 << (i % Byte.SIZE));
        }
      }
      all.put(mask);
    }
    return new TokenRows(Bytes.wrap(all.array()), context, vocabulary, rows.size());
  }

  public static TokenRows decode(Bytes bytes) throws Malformed {
    Reader reader = new Reader(bytes);
    reader.version(VERSION);
    int context = reader.length(ModelSpec.CONTEXT_MAX);
    int vocabulary = reader.length(1 << 20);
    int rows = reader.length(ROWS_MAX);
    long expected = HEAD_BYTES + (long) rows * rowBytes(context);
    if (context < 1 || vocabulary < 1 || rows < 1 || bytes.size() != expected) {
      throw new Malformed(
          "%d bytes are not %d rows of %d ids".formatted(bytes.size(), rows, context));
    }
    TokenRows read = new TokenRows(bytes, context, vocabulary, rows);
    for (int row = 0; row < rows; row++) {
      read.check(row);
    }
    return read;
  }

  private void check(int row) throws Malformed {
    int at = place(row);
    for (int i = 0; i <= context; i++) {
      int id = view.getInt(at + i * Integer.BYTES);
      if (id < 0 || id >= vocabulary) {
        throw new Malformed("row %d: id %d of %d".formatted(row, id, vocabulary));
      }
    }
    boolean any = false;
    for (int i = 0; i < context; i++) {
      any |= counts(row, i);
    }
    int spare = Byte.SIZE * Math.ceilDiv(context, Byte.SIZE);
    boolean clean = true;
    for (int i = context; i < spare; i++) {
      clean &= !counts(row, i);
    }
    if (!any || !clean) {
      throw new Malformed("row %d: nothing to count, or bits behind its end".formatted(row));
    }
  }

  public Bytes bytes() {
    return bytes;
  }

  public int context() {
    return context;
  }

  public int vocabulary() {
    return vocabulary;
  }

  public int rows() {
    return rows;
  }

  /// Ids that a loss counts, in all rows.
  public long counted() {
    long sum = 0;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < context; i++) {
        sum += counts(row, i) ? 1 : 0;
      }
    }
    return sum;
  }

  public Row row(int row) {
    List<Integer> ids = new ArrayList<>();
    List<Boolean> counted = new ArrayList<>();
    for (int i = 0; i <= context; i++) {
      ids.add(view.getInt(place(row) + i * Integer.BYTES));
      if (i < context) {
        counted.add(counts(row, i));
      }
    }
    return new Row(ids, counted);
  }

  /// What is wrong with these rows for that model.
  public List<Problem> problems(ModelSpec model) {
    boolean fits =
        model.context() == context
            && model.layers().getFirst() instanceof Layer.Embedding embedding
            && embedding.vocabulary() >= vocabulary
            && model.layers().getLast() instanceof Layer.LanguageHead;
    return fits
        ? List.of()
        : List.of(
            new Problem(
                "data.file",
                "rows of %d ids out of %d".formatted(context, vocabulary),
                "rows of the model's context, %d, of ids that it knows"
                    .formatted(model.context())));
  }

  /// The rows of a training micro-batch, each drawn by (seed, step, micro-batch, row) from the
  /// first `trainRows`.
  public Example training(StageSpec stage, long seed, long step, int microBatch, int trainRows) {
    return example(stage, Philox.of(seed, "data"), step, microBatch, 0, trainRows);
  }

  /// Those of a held-out micro-batch, from the rows behind; the same at every call.
  public Example validation(StageSpec stage, long seed, int index, int trainRows) {
    Philox draws = Philox.of(seed, "validation");
    return example(stage, draws, 0, index, trainRows, rows - trainRows);
  }

  private Example example(
      StageSpec stage, Philox draws, long step, int microBatch, int start, int count) {
    int[] inputs = new int[stage.positions()];
    int[] labels = new int[stage.positions()];
    for (int row = 0; row < stage.rows(); row++) {
      long index = ((long) microBatch << Integer.SIZE) | row;
      int drawn = start + (int) draws.below(count, step, index);
      for (int i = 0; i < context; i++) {
        int at = place(drawn) + i * Integer.BYTES;
        inputs[row * context + i] = view.getInt(at);
        labels[row * context + i] =
            counts(drawn, i) ? view.getInt(at + Integer.BYTES) : Layer.Head.UNLABELLED;
      }
    }
    return new Example(LittleEndian.ofInts(inputs), LittleEndian.ofInts(labels));
  }

  /// Whether the id behind place `i` counts.
  private boolean counts(int row, int i) {
    int at = place(row) + (context + 1) * Integer.BYTES + i / Byte.SIZE;
    return (view.get(at) >> (i % Byte.SIZE) & 1) != 0;
  }

  private int place(int row) {
    return HEAD_BYTES + row * rowBytes(context);
  }

  private static int rowBytes(int context) {
    return (context + 1) * Integer.BYTES + Math.ceilDiv(context, Byte.SIZE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenRows that && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }
}

package nimble.training.role.serving;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Outcome;
import nimble.types.PublicKey;
import nimble.vm.DecodeSession;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.generation.Sampler;
import nimble.vm.tensor.LittleEndian;

/// The rows that one stage is generating. The row unused for longest goes when there are too many;
/// its gateway begins it anew. Rows that grow by one position go through the stage together (R26).
public final class Decoder implements AutoCloseable {
  static final int ROWS_MAX = 16;

  /// What a row is asked.
  public record Turn(DecodeTensor tensor, Bytes input) {
    Name row() {
      return new Name(tensor.gateway(), tensor.request());
    }
  }

  /// Of a row.
  record Name(PublicKey gateway, long request) {}

  private record Row(DecodeSession session, BitSet seen) {}

  private final StageProgram program;
  private final StageSpec spec;
  private final Map<Name, Row> rows = new LinkedHashMap<>(16, 0.75f, true);

  /// Owns the program.
  public Decoder(StageProgram program) {
    this.program = program;
    spec = program.spec();
  }

  /// @param turns of different rows; at most [StageProgram#ROWS_TOGETHER_MAX]
  /// @return one outcome for each, in their order
  public List<Outcome> decode(List<Turn> turns) {
    SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
    List<Integer> together = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      Turn turn = turns.get(i);
      if (rows.containsKey(turn.row()) && !turn.tensor().fresh() && isOne(turn)) {
        together.add(i);
      } else {
        outcomes.put(i, alone(turn));
      }
    }
    // Those that went alone may have pushed others out.
    List<Integer> still = together.stream().filter(i -> isHere(turns.get(i))).toList();
    together.stream()
        .filter(i -> !still.contains(i))
        .forEach(i -> outcomes.put(i, refused(turns.get(i), DecodeTensor.ROW_GONE)));
    grow(still.stream().map(turns::get).toList(), still, outcomes);
    return List.copyOf(outcomes.values());
  }

  private void grow(List<Turn> turns, List<Integer> places, SortedMap<Integer, Outcome> outcomes) {
    List<DecodeSession> sessions = turns.stream().map(turn -> row(turn).session()).toList();
    List<Bytes> inputs = turns.stream().map(this::vectors).toList();
    List<Bytes> outputs = program.append(sessions, inputs);
    for (int i = 0; i < outputs.size(); i++) {
      outcomes.put(places.get(i), answer(turns.get(i), outputs.get(i)));
    }
  }

  private Outcome alone(Turn turn) {
    DecodeTensor tensor = turn.tensor();
    if (tensor.kind() == DecodeTensor.Kind.RELEASE) {
      release(turn.row());
      return new Outcome.Decoded(tensor, Bytes.EMPTY);
    }
    if (!fits(turn)) {
      return refused(turn, "%d bytes of input".formatted(turn.input().size()));
    }
    if (tensor.fresh()) {
      release(turn.row());
      makeRoom();
      rows.put(turn.row(), new Row(program.decode(), new BitSet()));
    }
    Row row = rows.get(turn.row());
    if (row == null) {
      return refused(turn, DecodeTensor.ROW_GONE);
    }
    if (row.session().length() + positions(turn) > spec.model().context()) {
      return refused(turn, "the row is full");
    }
    return answer(turn, row.session().append(vectors(turn)));
  }

  private Outcome answer(Turn turn, Bytes output) {
    BitSet seen = row(turn).seen();
    for (int id : LittleEndian.ints(ids(turn))) {
      seen.set(Math.max(0, id));
    }
    return new Outcome.Decoded(
        turn.tensor(),
        spec.last() ? chosen(turn.tensor(), output, seen) : Bytes.concat(output, ids(turn)));
  }

  private static Outcome refused(Turn turn, String reason) {
    return new Outcome.DecodeRefused(turn.tensor(), reason);
  }

  private boolean isHere(Turn turn) {
    return rows.containsKey(turn.row());
  }

  /// One position more, in a row that has room for it.
  private boolean isOne(Turn turn) {
    return turn.tensor().kind() != DecodeTensor.Kind.RELEASE
        && fits(turn)
        && positions(turn) == 1
        && row(turn).session().length() < spec.model().context();
  }

  private Row row(Turn turn) {
    return Objects.requireNonNull(rows.get(turn.row()));
  }

  @Override
  public void close() {
    rows.values().forEach(row -> row.session().close());
    rows.clear();
    program.close();
  }

  private static Bytes chosen(DecodeTensor tensor, Bytes outputs, BitSet seen) {
    int chosen = Sampler.choose(outputs, tensor.sampling(), seen, tensor.turn());
    return LittleEndian.ofInts(new int[] {chosen});
  }

  /// Whole positions, not more than a row has, and ids that the model has.
  private boolean fits(Turn turn) {
    int positions = positions(turn);
    if (positions < 1
        || positions > spec.model().context()
        || positions * positionBytes() != turn.input().size()) {
      return false;
    }
    int vocabulary = spec.model().head().outWidth();
    for (int id : LittleEndian.ints(ids(turn))) {
      if (id < 0 || id >= vocabulary) {
        return false;
      }
    }
    return true;
  }

  private int positions(Turn turn) {
    return turn.input().size() / positionBytes();
  }

  /// A vector, and the id that it came from; on the first stage the id alone.
  private int positionBytes() {
    return (spec.takesTokens() ? 1 : spec.inWidth() + 1) * Float.BYTES;
  }

  private Bytes vectors(Turn turn) {
    return spec.takesTokens() ? turn.input() : turn.input().slice(0, edge(turn));
  }

  private Bytes ids(Turn turn) {
    return spec.takesTokens() ? turn.input() : turn.input().slice(edge(turn), turn.input().size());
  }

  private int edge(Turn turn) {
    return positions(turn) * spec.inWidth() * Float.BYTES;
  }

  private void release(Name name) {
    Row row = rows.remove(name);
    if (row != null) {
      row.session().close();
    }
  }

  private void makeRoom() {
    if (rows.size() >= ROWS_MAX) {
      Iterator<Row> oldest = rows.values().iterator();
      oldest.next().session().close();
      oldest.remove();
    }
  }
}

package nimble.training.role;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import nimble.codec.Bytes;
import nimble.types.PublicKey;
import nimble.vm.DecodeSession;
import nimble.vm.Layer;
import nimble.vm.LittleEndian;
import nimble.vm.Sampler;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;

/// The rows that one stage is generating. The row unused for longest goes when there are too many;
/// its gateway begins it anew.
final class Decoder implements AutoCloseable {
  static final int ROWS_MAX = 16;

  private record Row(PublicKey gateway, long request) {}

  private final StageProgram program;
  private final StageSpec spec;
  private final Map<Row, DecodeSession> rows = new LinkedHashMap<>(16, 0.75f, true);

  /// Owns the program.
  Decoder(StageProgram program) {
    this.program = program;
    spec = program.spec();
  }

  Outcome decode(DecodeTensor tensor, Bytes input) {
    Row row = new Row(tensor.gateway(), tensor.request());
    if (tensor.kind() == DecodeTensor.Kind.RELEASE) {
      release(row);
      return new Outcome.Decoded(tensor, Bytes.EMPTY);
    }
    if (!fits(input)) {
      return new Outcome.DecodeRefused(tensor, "%d bytes of input".formatted(input.size()));
    }
    if (tensor.fresh()) {
      release(row);
      makeRoom();
      rows.put(row, program.decode());
    }
    DecodeSession session = rows.get(row);
    if (session == null) {
      return new Outcome.DecodeRefused(tensor, DecodeTensor.ROW_GONE);
    }
    int positions = input.size() / positionBytes();
    if (session.length() + positions > spec.model().context()) {
      return new Outcome.DecodeRefused(tensor, "the row is full");
    }
    Bytes output = session.append(input);
    return new Outcome.Decoded(tensor, spec.last() ? chosen(tensor, output) : output);
  }

  @Override
  public void close() {
    rows.values().forEach(DecodeSession::close);
    rows.clear();
    program.close();
  }

  private static Bytes chosen(DecodeTensor tensor, Bytes outputs) {
    var sampling = tensor.sampling();
    return LittleEndian.ofInts(
        new int[] {
          Sampler.choose(outputs, sampling.temperatureMilli(), sampling.seed(), tensor.turn())
        });
  }

  /// Whole positions, not more than a row has, and ids that the embedding has.
  private boolean fits(Bytes input) {
    int positions = input.size() / positionBytes();
    if (positions < 1
        || positions > spec.model().context()
        || positions * positionBytes() != input.size()) {
      return false;
    }
    if (spec.layers().getFirst() instanceof Layer.Embedding embedding) {
      for (int id : LittleEndian.ints(input)) {
        if (id < 0 || id >= embedding.vocabulary()) {
          return false;
        }
      }
    }
    return true;
  }

  private int positionBytes() {
    return spec.inWidth() * Float.BYTES;
  }

  private void release(Row row) {
    DecodeSession session = rows.remove(row);
    if (session != null) {
      session.close();
    }
  }

  private void makeRoom() {
    if (rows.size() >= ROWS_MAX) {
      Iterator<DecodeSession> oldest = rows.values().iterator();
      oldest.next().close();
      oldest.remove();
    }
  }
}

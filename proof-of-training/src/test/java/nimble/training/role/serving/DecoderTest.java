package nimble.training.role.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor;
import nimble.training.role.DecodeTensor.Kind;
import nimble.training.role.Outcome;
import nimble.training.role.Tiny;
import nimble.vm.DecodeSession;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.fault.Wrapped;
import nimble.vm.generation.Sampling;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;

/// Rows of one stage that are generated side by side.
final class DecoderTest {
  private static final StageSpec WHOLE =
      new StageSpec(Tiny.MODEL, 0, Tiny.MODEL.layers().size(), 1);
  private static final int ROWS = 3;

  private final StageState state = StageState.initial(WHOLE, 1);
  private final List<Integer> together = new ArrayList<>();

  private Decoder decoder() {
    StageProgram honest = new ReferenceMachine().load(WHOLE, state.weights());
    return new Decoder(
        new Wrapped(honest) {
          @Override
          public List<Bytes> append(List<DecodeSession> rows, List<Bytes> inputs) {
            if (!rows.isEmpty()) {
              together.add(rows.size());
            }
            return super.append(rows, inputs);
          }
        });
  }

  private static Decoder.Turn turn(long row, int turn, Kind kind, int... ids) {
    DecodeTensor name =
        new DecodeTensor(
            Tiny.JOB, Tiny.key(9), row, 0, turn, turn == 0, kind, Sampling.of(800, row));
    return new Decoder.Turn(name, LittleEndian.ofInts(ids));
  }

  private static List<Decoder.Turn> turns(int turn, int... ids) {
    List<Decoder.Turn> all = new ArrayList<>();
    for (int row = 1; row <= ROWS; row++) {
      all.add(turn(row, turn, Kind.TOKENS, ids));
    }
    return all;
  }

  @Test
  void r26RowsThatGrowByOnePositionGoThroughTheStageInOnePass() {
    try (Decoder batched = decoder();
        Decoder alone = decoder()) {
      batched.decode(turns(0, 5, 6));
      turns(0, 5, 6).forEach(turn -> alone.decode(List.of(turn)));
      assertEquals(List.of(), together);
      List<Outcome> outcomes = batched.decode(turns(1, 7));
      assertEquals(List.of(ROWS), together);
      List<Outcome> each = new ArrayList<>();
      turns(1, 7).forEach(turn -> each.addAll(alone.decode(List.of(turn))));
      assertEquals(each, outcomes);
      assertEquals(List.of(ROWS, 1, 1, 1), together);
    }
    state.close();
  }

  /// A new row is read on its own, and one that is released is gone; the others go on together.
  @Test
  void r26RowsComeAndGoWhileOthersGrow() {
    try (Decoder decoder = decoder()) {
      decoder.decode(turns(0, 5));
      List<Decoder.Turn> mixed = new ArrayList<>(turns(1, 7));
      mixed.set(1, turn(2, 1, Kind.RELEASE));
      mixed.add(turn(4, 0, Kind.TOKENS, 1, 2, 3));
      decoder.decode(mixed);
      assertEquals(List.of(2), together);
      List<Outcome> later = decoder.decode(List.of(turn(2, 2, Kind.TOKENS, 7)));
      assertEquals(
          List.of(
              new Outcome.DecodeRefused(
                  turn(2, 2, Kind.TOKENS, 7).tensor(), DecodeTensor.ROW_GONE)),
          later);
      decoder.decode(List.of(turn(1, 2, Kind.TOKENS, 8), turn(4, 1, Kind.TOKENS, 8)));
      assertEquals(List.of(2, 2), together);
    }
    state.close();
  }
}

package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Gpt;
import nimble.vm.LittleEndian;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Replay;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.StageState;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

/// G8, with both machines: two classes.
final class ReplayTest {
  private static final ModelSpec MODEL = new Gpt(256, 40, 2, 2, 16, true).spec();
  private static final List<StageSpec> STAGES = new Cuts(List.of(2)).of(MODEL, 1);
  private static final int POSITIONS = 37;
  private static final double TOLERANCE = 1e-4;

  @Test
  void g8ClassesAgreeNearlyAndAChangedWeightShows() {
    Bytes ids = Fixtures.ids(POSITIONS, 256, 3);
    try (Machine slow = new ReferenceMachine();
        Machine fast = new DjlMachine()) {
      List<Replay> honest = replays(slow, ids, 0);
      List<Replay> again = replays(slow, ids, 0);
      List<Replay> other = replays(fast, ids, 0);
      List<Replay> wrong = replays(slow, ids, 0.2f);
      assertEquals(honest, again);
      for (int stage = 0; stage < STAGES.size(); stage++) {
        assertEquals(2, honest.get(stage).blocks().size());
        for (int block = 0; block < 2; block++) {
          assertEquals(Replay.Match.EQUAL, match(honest, again, stage, block));
          assertTrue(match(honest, other, stage, block) != Replay.Match.FAR);
          assertEquals(Replay.Match.FAR, match(honest, wrong, stage, block));
        }
      }
      int bytes = Writer.encode(honest.getFirst()::write).size() - Integer.BYTES;
      assertEquals(2 * Replay.BLOCK * 5, bytes);
    }
  }

  private static Replay.Match match(List<Replay> ours, List<Replay> theirs, int stage, int block) {
    return Replay.compare(
        ours.get(stage).blocks().get(block), theirs.get(stage).blocks().get(block), TOLERANCE);
  }

  /// @param change relative, of every weight
  private static List<Replay> replays(Machine machine, Bytes ids, float change) {
    List<Replay> replays = new ArrayList<>();
    Bytes input = ids;
    for (StageSpec stage : STAGES) {
      try (StageState state = StageState.initial(stage, 5)) {
        float[] weights = state.weights().toArray(0, state.weights().count());
        for (int i = 0; i < weights.length; i++) {
          weights[i] += change * (float) StrictMath.sin(i) * weights[i];
        }
        state.weights().put(0, weights, weights.length);
        try (StageProgram program = machine.load(stage, state.weights())) {
          Replay.Pass pass = Replay.of(program, input, Hash.ZERO);
          replays.add(pass.replay());
          input = pass.outputs();
        }
      }
    }
    assertEquals(POSITIONS * 256, LittleEndian.floats(input).length);
    return replays;
  }
}

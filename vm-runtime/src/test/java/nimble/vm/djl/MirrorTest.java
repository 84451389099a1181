package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.Device;
import java.util.List;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.vm.Draw;
import nimble.vm.Fixtures;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.Floats;
import nimble.vm.trace.TraceForm;
import nimble.vm.training.Probe;
import org.junit.jupiter.api.Test;

/// D7 without a GPU: the CPU as a device that is given copies, as a GPU is.
final class MirrorTest {
  private static final ModelSpec MODEL = new Gpt(64, 8, 2, 4, 32, true).spec();
  private static final StageSpec FIRST = new StageSpec(MODEL, 0, 2, 3);
  private static final StageSpec INNER = new StageSpec(MODEL, 2, 4, 3);
  private static final StageSpec LAST = new StageSpec(MODEL, 4, 7, 3);

  private final Machine inPlace = new DjlMachine();
  private final DjlMachine apart =
      new DjlMachine(new Place(Device.cpu(), true, Products.ofProcessor()));

  @Test
  void d7CopiesGiveTheSameBitsThroughSteps() {
    for (StageSpec stage : List.of(FIRST, INNER, LAST)) {
      assertEquals(
          Probe.measure(inPlace, stage, Fixtures.TRAINING, Hash.ZERO),
          Probe.measure(apart, stage, Fixtures.TRAINING, Hash.ZERO),
          stage.toString());
    }
  }

  @Test
  void d7WeightsAreFollowedAndGradientsAreTheCallers() {
    try (Floats weights = Floats.zeros(Layout.of(INNER).count());
        StageProgram here = inPlace.load(INNER, weights);
        StageProgram there = apart.load(INNER, weights)) {
      Bytes input = Fixtures.input(INNER, 1);
      Bytes back = Fixtures.numbers(INNER.outputBytes() / Float.BYTES, 2);
      Bytes before = there.infer(input);
      Fixtures.scramble(weights, 3);
      assertNotEquals(before, there.infer(input));
      assertEquals(here.infer(input), there.infer(input));
      for (StageProgram program : List.of(here, there)) {
        pull(program, input, back);
        pull(program, input, back);
        program.gradient().flip(5, 30);
        program.gradient().add(weights, 0.5f);
        pull(program, input, back);
      }
      int count = weights.count();
      assertArrayEquals(here.gradient().toArray(0, count), there.gradient().toArray(0, count));
      there.gradient().clear();
      pull(there, input, back);
      here.gradient().clear();
      pull(here, input, back);
      assertArrayEquals(here.gradient().toArray(0, count), there.gradient().toArray(0, count));
    }
  }

  @Test
  void d7RowsAndTracesToo() {
    try (Floats weights = Floats.zeros(Layout.of(FIRST).count())) {
      Fixtures.scramble(weights, 3);
      Bytes ids = Fixtures.input(FIRST, 1);
      assertEquals(row(inPlace, weights, ids), row(apart, weights, ids));
      TraceForm form = TraceForm.of(FIRST, Fixtures.TRAINING, true);
      Bytes back = Fixtures.numbers(FIRST.outputBytes() / Float.BYTES, 2);
      try (var here = new DjlMachine().trace(form, weights);
          var there = apart.trace(form, weights)) {
        assertEquals(here.run(ids, back, Draw.NONE), there.run(ids, back, Draw.NONE));
      }
    }
  }

  private static void pull(StageProgram program, Bytes input, Bytes back) {
    Tape tape = program.forward(input);
    program.backward(tape, back);
  }

  private static List<Bytes> row(Machine machine, Floats weights, Bytes ids) {
    try (StageProgram program = machine.load(FIRST, weights);
        var row = program.decode()) {
      return List.of(row.append(ids.slice(0, 12)), row.append(ids.slice(12, 16)));
    }
  }
}

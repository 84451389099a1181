package nimble.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import nimble.sim.Seeds;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

final class SegmenterTest {
  @Test
  void m5NoOtherCutHasAFasterSlowestStage() {
    Seeds.forEach(
        30,
        random -> {
          int layers = 1 + random.nextInt(3);
          ModelSpec model = new Gpt(2 + random.nextInt(500), 8, layers, 2, 16, true).spec();
          int stages = 1 + random.nextInt(Math.min(4, model.layers().size()));
          Cuts cuts = Segmenter.cut(model, 2, stages);
          assertEquals(stages, cuts.stages());
          long least =
              IntStream.range(0, 1 << (model.layers().size() - 1))
                  .filter(mask -> Integer.bitCount(mask) == stages - 1)
                  .mapToLong(mask -> slowest(model, ofMask(mask)))
                  .min()
                  .orElseThrow();
          assertEquals(least, slowest(model, cuts));
        });
  }

  @Test
  void m5CutsAreChecked() {
    assertEquals(
        "[stages.cuts[1] must be between 3 and 6, was 2]",
        new Cuts(List.of(2, 2)).problems(Fixtures.GPT, 2).toString());
    assertTrue(new Cuts(List.of(1, 3)).problems(Fixtures.GPT, 2).isEmpty());
    assertEquals(
        "[stages[1].parameters must be between 1 and 536870911, was 0]",
        new Cuts(List.of(1, 2)).problems(Fixtures.MLP, 2).toString());
    assertEquals(1, Segmenter.problems(Fixtures.GPT, 8).size());
  }

  private static Cuts ofMask(int mask) {
    return new Cuts(
        IntStream.range(0, 31).filter(i -> ((mask >> i) & 1) == 1).mapToObj(i -> i + 1).toList());
  }

  private static long slowest(ModelSpec model, Cuts cuts) {
    long slowest = 0;
    int start = 0;
    for (int i = 0; i < cuts.stages(); i++) {
      int end = i + 1 == cuts.stages() ? model.layers().size() : cuts.firstLayers().get(i);
      Metering stage = Metering.of(new StageSpec(model, start, end, 2));
      slowest = Math.max(slowest, stage.forward() + stage.backward());
      start = end;
    }
    return slowest;
  }
}

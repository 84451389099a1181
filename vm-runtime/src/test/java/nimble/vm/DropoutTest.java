package nimble.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Mlp;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

/// What training leaves out (T9).
final class DropoutTest {
  private static final int ROWS = 2;
  private static final Draw DRAW = new Draw(7, 3, 1);
  private static final ModelSpec GPT = Fixtures.GPT.dropping(0.25f);

  @Test
  void t9SitesAreThoseOfTheWholeModel() {
    Lora lora = new Lora(2, 4, 0.1f, List.of(LoraTarget.QKV, LoraTarget.DOWN), BaseForm.FP32);
    ModelSpec adapted = GPT.with(lora);
    Dropout whole = Dropout.of(adapted.whole(ROWS));
    // The embedding, and in each of two blocks an adapter and a branch, twice.
    assertEquals(1 + 2 * 4, whole.sites());
    assertEquals(32, whole.width(3));
    int site = 0;
    for (StageSpec stage : new Cuts(List.of(2, 4)).of(adapted, ROWS)) {
      Dropout part = Dropout.of(stage);
      for (int i = 0; i < part.sites(); i++) {
        assertArrayEquals(whole.factors(site++, DRAW), part.factors(i, DRAW), 0f);
      }
    }
    assertEquals(whole.sites(), site);
    assertEquals(0, Dropout.of(Fixtures.GPT.whole(ROWS)).sites());
  }

  @Test
  void t9ShareAndMeanAreWhatWasAskedFor() {
    Dropout dropout = Dropout.of(new Mlp(4, 1, 10_000, 2).spec().dropping(0.3f).whole(4));
    float[] factors = dropout.factors(0, DRAW);
    long dropped = 0;
    double sum = 0;
    for (float factor : factors) {
      dropped += factor == 0 ? 1 : 0;
      sum += factor;
      assertTrue(factor == 0 || Math.abs(factor - 1 / 0.7) < 1e-4, "factor " + factor);
    }
    assertEquals(0.3, (double) dropped / factors.length, 0.01);
    assertEquals(1, sum / factors.length, 0.015);
  }

  @Test
  void t9EachMicroBatchDrawsForItself() {
    Dropout dropout = Dropout.of(GPT.whole(ROWS));
    float[] factors = dropout.factors(1, DRAW);
    assertArrayEquals(factors, dropout.factors(1, new Draw(7, 3, 1)), 0f);
    for (Draw other : List.of(new Draw(8, 3, 1), new Draw(7, 4, 1), new Draw(7, 3, 2))) {
      assertFalse(Arrays.equals(factors, dropout.factors(1, other)));
    }
    assertFalse(Arrays.equals(factors, dropout.factors(2, DRAW)));
    float[] ones = new float[factors.length];
    Arrays.fill(ones, 1);
    assertArrayEquals(ones, dropout.factors(1, Draw.NONE), 0f);
  }

  /// On the reference: multiplied where it should be, and only in passes that train.
  @Test
  void t9ValidationLeavesNothingOut() {
    StageSpec stage = new StageSpec(GPT, 0, 2, ROWS);
    StageSpec plain = new StageSpec(Fixtures.GPT, 0, 2, ROWS);
    try (Floats weights = Floats.zeros(Layout.of(stage).count());
        ReferenceMachine machine = new ReferenceMachine();
        StageProgram drops = machine.load(stage, weights);
        StageProgram keeps = machine.load(plain, weights)) {
      Fixtures.scramble(weights, 1);
      var input = Fixtures.input(stage, 2);
      assertEquals(keeps.infer(input), drops.infer(input));
      assertEquals(keeps.infer(input), drops.forward(input).output());
      float[] output = LittleEndian.floats(drops.forward(input, DRAW).output());
      float[] embedded = Dropout.of(stage).factors(0, DRAW);
      float[] branch = Dropout.of(stage).factors(1, DRAW);
      int bare = 0;
      for (int i = 0; i < output.length; i++) {
        boolean nothing = embedded[i] == 0 && branch[i] == 0;
        bare += nothing ? 1 : 0;
        assertEquals(nothing, output[i] == 0);
      }
      assertTrue(bare > 0);
    }
  }
}

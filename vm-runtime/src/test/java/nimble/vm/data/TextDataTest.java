package nimble.vm.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.vm.AdamW;
import nimble.vm.Rate;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

final class TextDataTest {
  private static final StageSpec STAGE = new Gpt(256, 8, 1, 1, 4, true).spec().whole(3);

  @Test
  void t1RowsLieInTheirPartAndLabelsAreTheNextBytes() {
    Seeds.forEach(
        100,
        random -> {
          byte[] text = new byte[30 + random.nextInt(60)];
          for (int i = 0; i < text.length; i++) {
            text[i] = (byte) i;
          }
          TextData data = new TextData(Bytes.wrap(text), 15);
          assertTrue(data.problems(STAGE.model()).isEmpty());
          check(data.training(STAGE, seeded(random.nextLong()), random.nextLong(), 1), 0, 15);
          check(data.validation(STAGE, random.nextLong(), 4), 15, text.length);
        });
  }

  @Test
  void t1EveryRowHasItsOwnDraw() {
    byte[] text = new byte[60_000];
    new SplittableRandom(1).nextBytes(text);
    TextData data = new TextData(Bytes.wrap(text), 50_000);
    var first = data.training(STAGE, seeded(1), 2, 3);
    assertEquals(first, data.training(STAGE, seeded(1), 2, 3));
    assertNotEquals(first, data.training(STAGE, seeded(2), 2, 3));
    assertNotEquals(first, data.training(STAGE, seeded(1), 3, 3));
    assertNotEquals(first, data.training(STAGE, seeded(1), 2, 4));
    assertNotEquals(first.inputs().slice(0, 32), first.inputs().slice(32, 64));
  }

  /// A gibibyte that nobody has.
  @Test
  void t1NoMoreIsReadThanARowTakes() {
    ByteSource endless =
        new ByteSource() {
          @Override
          public long length() {
            return 1 << 30;
          }

          @Override
          public Bytes read(long from, int count) {
            assertEquals(9, count);
            assertTrue(from >= 0 && from + count <= length());
            return Bytes.wrap(new byte[count]);
          }
        };
    DataSet data = DataForm.TEXT.open(endless, 1 << 30, STAGE.model(), 900);
    assertEquals(3 * 8 * Integer.BYTES, data.training(STAGE, seeded(1), 2, 3).inputs().size());
    assertEquals(3 * 8 * Integer.BYTES, data.validation(STAGE, 1, 3).labels().size());
  }

  @Test
  void m2ATextThatIsTooShortIsNamed() {
    assertEquals(
        "[data.train must be between 9 and 2147483647, was 3,"
            + " data.validation must be between 9 and 2147483647, was 1]",
        new TextData(Bytes.utf8("abcd"), 3).problems(STAGE.model()).toString());
  }

  private static TrainingSpec seeded(long seed) {
    return new TrainingSpec(40, 9, 3, Rate.cosine(0.01f, 0f, 4), AdamW.USUAL, seed, new Bf16());
  }

  private static void check(DataSet.Example example, int from, int to) {
    int[] inputs = LittleEndian.ints(example.inputs());
    int[] labels = LittleEndian.ints(example.labels());
    for (int i = 0; i < inputs.length; i++) {
      assertTrue(inputs[i] >= from && labels[i] < to);
      assertEquals(inputs[i] + 1, labels[i]);
    }
  }
}

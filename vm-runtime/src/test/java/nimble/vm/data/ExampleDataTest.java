package nimble.vm.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.vm.AdamW;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Gpt;
import nimble.vm.template.Mlp;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

final class ExampleDataTest {
  private static final ModelSpec TABLE = new Mlp(2, 1, 4, 3).spec();
  private static final int BATCH = 6;
  private static final TrainingSpec TRAINING =
      new TrainingSpec(40, BATCH, 3, Rate.cosine(0.01f, 0f, 4), AdamW.USUAL, 7, new Bf16());

  /// Row i is (i, −i) with the label i mod 3.
  private static DataSet rows(int count, int permille) {
    int[] words = new int[3 * count];
    for (int i = 0; i < count; i++) {
      words[3 * i] = Float.floatToRawIntBits(i);
      words[3 * i + 1] = Float.floatToRawIntBits(-i);
      words[3 * i + 2] = i % 3;
    }
    Bytes bytes = LittleEndian.ofInts(words);
    return DataForm.EXAMPLES.open(bytes, bytes.size(), TABLE, permille);
  }

  @Test
  void t1AnOrderGoesThroughAllThings() {
    Seeds.forEach(
        200,
        random -> {
          int count = 1 + random.nextInt(300);
          Shuffle shuffle = new Shuffle(random.nextLong(), "data", count);
          long epoch = random.nextInt(1_000);
          List<Integer> things =
              LongStream.range(epoch * count, (epoch + 1) * count)
                  .mapToObj(shuffle::at)
                  .sorted(Comparator.naturalOrder())
                  .toList();
          assertEquals(IntStream.range(0, count).boxed().toList(), things);
        });
  }

  /// A gibibyte that nobody has.
  @Test
  void t1NoMoreIsReadThanAnExampleTakes() {
    long size = (1 << 30) / 12 * 12L;
    ByteSource endless =
        new ByteSource() {
          @Override
          public long length() {
            return size;
          }

          @Override
          public Bytes read(long from, int count) {
            assertEquals(12, count);
            assertTrue(from >= 0 && from + count <= size && from % 12 == 0);
            return Bytes.wrap(new byte[count]);
          }
        };
    DataSet data = DataForm.EXAMPLES.open(endless, size, TABLE, 900);
    StageSpec stage = TABLE.whole(3);
    assertEquals(3 * 8, data.training(stage, TRAINING, 2, 1).inputs().size());
    assertEquals(3 * 4, data.validation(stage, 1, 3).labels().size());
  }

  @Test
  void t1EveryEpochHasEveryRowWithItsLabel() {
    DataSet data = rows(40, 600);
    StageSpec stage = TABLE.whole(TRAINING.rows());
    List<Integer> seen = new ArrayList<>();
    for (int step = 0; step < 2 * 24 / BATCH; step++) {
      for (int i = 0; i < 3; i++) {
        DataSet.Example example = data.training(stage, TRAINING, step, i);
        float[] inputs = LittleEndian.floats(example.inputs());
        int[] labels = LittleEndian.ints(example.labels());
        for (int row = 0; row < labels.length; row++) {
          int number = (int) inputs[2 * row];
          assertEquals(-number, (int) inputs[2 * row + 1]);
          assertEquals(number % 3, labels[row]);
          seen.add(number);
        }
      }
    }
    List<Integer> all = IntStream.range(0, 24).boxed().toList();
    assertEquals(all, seen.subList(0, 24).stream().sorted().toList());
    assertEquals(all, seen.subList(24, 48).stream().sorted().toList());
    assertTrue(!seen.subList(0, 24).equals(seen.subList(24, 48)));
  }

  @Test
  void t1HeldOutRowsAreTheOthers() {
    DataSet data = rows(40, 600);
    DataSet.Example example = data.validation(TABLE.whole(16), 7, 0);
    float[] inputs = LittleEndian.floats(example.inputs());
    List<Integer> seen =
        IntStream.range(0, 16).mapToObj(row -> (int) inputs[2 * row]).sorted().toList();
    assertEquals(IntStream.range(24, 40).boxed().toList(), seen);
    assertEquals(example, data.validation(TABLE.whole(16), 7, 0));
  }

  @Test
  void t1IdsThatTheModelDoesNotHaveAreHarmless() {
    ModelSpec model = new Gpt(5, 2, 1, 1, 4, false).spec();
    Bytes bytes = LittleEndian.ofInts(new int[] {9, -1, 4, 7, 3, 2, -1, -9});
    DataSet.Example example =
        DataForm.EXAMPLES
            .open(bytes, bytes.size(), model, 500)
            .training(model.whole(1), TRAINING, 0, 0);
    assertEquals(List.of(0, 0), list(example.inputs()));
    assertEquals(List.of(4, -1), list(example.labels()));
  }

  private static List<Integer> list(Bytes ids) {
    return IntStream.of(LittleEndian.ints(ids)).boxed().toList();
  }
}

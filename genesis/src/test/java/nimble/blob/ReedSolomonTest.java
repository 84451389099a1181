package nimble.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

/// Any `needed` shards give the data (B5): every choice of small codes, random ones of large.
final class ReedSolomonTest {
  private static List<Bytes> data(SplittableRandom random, int count, int size) {
    List<Bytes> data = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      data.add(Bytes.wrap(bytes));
    }
    return data;
  }

  private static List<Bytes> all(ReedSolomon code, List<Bytes> data) {
    List<Bytes> all = new ArrayList<>(data);
    all.addAll(code.encode(data));
    assertEquals(code.total(), all.size());
    return all;
  }

  private static SortedMap<Integer, Bytes> chosen(List<Bytes> all, IntStream which) {
    TreeMap<Integer, Bytes> some = new TreeMap<>();
    which.forEach(i -> some.put(i, all.get(i)));
    return some;
  }

  @Test
  void b5EveryChoiceOfASmallCodeGivesTheData() {
    SplittableRandom random = new SplittableRandom(1);
    for (int total = 1; total <= 9; total++) {
      for (int needed = 1; needed <= total; needed++) {
        ReedSolomon code = new ReedSolomon(needed, total);
        List<Bytes> data = data(random, needed, 5);
        List<Bytes> all = all(code, data);
        for (int choice = 0; choice < 1 << total; choice++) {
          if (Integer.bitCount(choice) == needed) {
            int bits = choice;
            IntStream which = IntStream.range(0, total).filter(i -> (bits >> i & 1) == 1);
            assertEquals(data, code.decode(chosen(all, which)));
          }
        }
      }
    }
  }

  @Test
  void b5RandomChoicesOfLargeCodesGiveTheData() {
    Seeds.forEach(
        40,
        random -> {
          int total = 2 + random.nextInt(ReedSolomon.SHARDS_MAX - 1);
          int needed = 1 + random.nextInt(total);
          ReedSolomon code = new ReedSolomon(needed, total);
          List<Bytes> data = data(random, needed, random.nextInt(40));
          List<Bytes> all = all(code, data);
          List<Integer> order = new ArrayList<>(IntStream.range(0, total).boxed().toList());
          for (int i = order.size() - 1; i > 0; i--) {
            order.set(i, order.set(random.nextInt(i + 1), order.get(i)));
          }
          IntStream which = order.subList(0, needed).stream().mapToInt(it -> it);
          assertEquals(data, code.decode(chosen(all, which)));
        });
  }

  @Test
  void b5LongShardsAreEncodedBlockByBlock() {
    SplittableRandom random = new SplittableRandom(2);
    ReedSolomon code = new ReedSolomon(3, 8);
    List<Bytes> data = data(random, 3, 20_001);
    List<Bytes> all = all(code, data);
    assertEquals(data, code.decode(chosen(all, IntStream.of(2, 5, 7))));
    for (int at : new int[] {0, 8_191, 8_192, 20_000}) {
      List<Bytes> one = data.stream().map(shard -> shard.slice(at, at + 1)).toList();
      List<Bytes> expected = all.stream().map(shard -> shard.slice(at, at + 1)).toList();
      assertEquals(expected, all(code, one));
    }
  }

  @Test
  void b5AnotherByteAnywhereChangesEveryShardThatIsNotData() {
    ReedSolomon code = new ReedSolomon(4, 12);
    List<Bytes> data = data(new SplittableRandom(3), 4, 1);
    List<Bytes> other = new ArrayList<>(data);
    other.set(2, Bytes.wrap(new byte[] {(byte) (data.get(2).at(0) + 1)}));
    List<Bytes> before = code.encode(data);
    List<Bytes> after = code.encode(other);
    for (int i = 0; i < before.size(); i++) {
      assertNotEquals(before.get(i), after.get(i));
    }
  }

  @Test
  void b5TooFewShardsAreAMistake() {
    ReedSolomon code = new ReedSolomon(3, 5);
    List<Bytes> all = all(code, data(new SplittableRandom(4), 3, 2));
    assertThrows(IllegalStateException.class, () -> code.decode(chosen(all, IntStream.of(0, 4))));
    assertThrows(IllegalStateException.class, () -> new ReedSolomon(3, 257));
    assertThrows(IllegalStateException.class, () -> new ReedSolomon(3, 2));
  }
}

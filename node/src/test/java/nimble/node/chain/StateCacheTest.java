package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import nimble.codec.Bytes;
import org.junit.jupiter.api.Test;

final class StateCacheTest {
  private static final int MOST = 16;

  private final Map<Bytes, Bytes> below = new HashMap<>();
  private int reads;
  private final StateCache cache =
      new StateCache(
          key -> {
            reads++;
            return Optional.ofNullable(below.get(key));
          },
          MOST);

  @Test
  void itNeverSaysAnythingElse() {
    Random random = new Random(7);
    for (int step = 0; step < 20_000; step++) {
      Bytes key = Bytes.ofU64(random.nextInt(2 * MOST));
      if (random.nextInt(3) == 0) {
        write(key, random);
      } else {
        assertEquals(Optional.ofNullable(below.get(key)), cache.get(key));
      }
    }
  }

  /// Sometimes a removal, sometimes a value that is too large to be kept.
  private void write(Bytes key, Random random) {
    Optional<Bytes> value =
        Optional.of(Bytes.wrap(new byte[random.nextInt(600)])).filter(it -> it.size() > 100);
    value.ifPresentOrElse(it -> below.put(key, it), () -> below.remove(key));
    cache.add(new TreeMap<>(Map.of(key, value)));
  }

  @Test
  void whatIsUsedStays() {
    Bytes wanted = Bytes.ofU64(-1);
    cache.get(wanted);
    for (int other = 0; other < 100 * MOST; other++) {
      cache.get(Bytes.ofU64(other));
      reads = 0;
      cache.get(wanted);
      assertEquals(0, reads);
    }
  }

  @Test
  void asManyStayAsItHolds() {
    for (int round = 0; round < 2; round++) {
      reads = 0;
      for (int key = 0; key < MOST; key++) {
        cache.get(Bytes.ofU64(key));
      }
    }
    assertEquals(0, reads);
  }
}

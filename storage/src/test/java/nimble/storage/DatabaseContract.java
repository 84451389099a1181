package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.Bytes;

/// What every database must do, compared with plain maps.
public final class DatabaseContract {
  private static final int BATCHES = 20;
  private static final List<Family> FAMILIES = List.of(Family.values());

  private DatabaseContract() {}

  public static void check(Database database, SplittableRandom random) {
    Map<Family, NavigableMap<Bytes, Bytes>> model = new EnumMap<>(Family.class);
    for (int i = 0; i < BATCHES; i++) {
      Batch batch = randomBatch(random, model);
      if (random.nextBoolean()) {
        database.commit(batch);
      } else {
        database.write(batch);
      }
      for (Family family : Family.values()) {
        compare(database, family, of(model, family), random);
      }
    }
  }

  /// D5, and what it means to clear and to compact.
  public static void checkViews(Database database, SplittableRandom random) {
    Map<Family, NavigableMap<Bytes, Bytes>> model = new EnumMap<>(Family.class);
    for (int i = 0; i < BATCHES; i++) {
      database.write(randomBatch(random, model));
      Map<Family, NavigableMap<Bytes, Bytes>> before = new EnumMap<>(Family.class);
      model.forEach((family, entries) -> before.put(family, new TreeMap<>(entries)));
      try (Database.View view = database.view()) {
        Family cleared = FAMILIES.get(random.nextInt(FAMILIES.size()));
        Bytes from = key(random);
        database.clear(cleared, from);
        of(model, cleared).tailMap(from, true).clear();
        database.commit(randomBatch(random, model));
        database.compact();
        for (Family family : Family.values()) {
          Bytes key = key(random);
          NavigableMap<Bytes, Bytes> then = of(before, family);
          assertEquals(Optional.ofNullable(then.get(key)), view.get(family, key));
          Range range = Range.prefix(Bytes.EMPTY, 1 + random.nextInt(20));
          assertEquals(expected(then, range), view.scan(family, range));
          compare(database, family, of(model, family), random);
        }
      }
    }
  }

  private static NavigableMap<Bytes, Bytes> of(
      Map<Family, NavigableMap<Bytes, Bytes>> model, Family family) {
    return model.computeIfAbsent(family, _ -> new TreeMap<>());
  }

  private static Batch randomBatch(
      SplittableRandom random, Map<Family, NavigableMap<Bytes, Bytes>> model) {
    Batch batch = new Batch();
    for (int i = random.nextInt(30); i > 0; i--) {
      Family family = FAMILIES.get(random.nextInt(FAMILIES.size()));
      Bytes key = key(random);
      if (random.nextInt(3) == 0) {
        batch.delete(family, key);
        of(model, family).remove(key);
      } else {
        Bytes value = Bytes.ofU64(random.nextLong());
        batch.put(family, key, value);
        of(model, family).put(key, value);
      }
    }
    return batch;
  }

  /// Short keys with many 0x00 and 0xff, so that prefixes, orders and ends of ranges matter.
  private static Bytes key(SplittableRandom random) {
    byte[] key = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < key.length; i++) {
      key[i] = new byte[] {0, 1, 0x7f, (byte) 0x80, (byte) 0xff}[random.nextInt(5)];
    }
    return Bytes.wrap(key);
  }

  private static void compare(
      Database database, Family family, NavigableMap<Bytes, Bytes> model, SplittableRandom random) {
    Bytes key = key(random);
    assertEquals(Optional.ofNullable(model.get(key)), database.get(family, key));
    Bytes other = key(random);
    boolean ordered = key.compareTo(other) <= 0;
    int limit = 1 + random.nextInt(20);
    List<Range> ranges =
        List.of(
            Range.between(ordered ? key : other, ordered ? other : key, limit),
            Range.prefix(key, limit),
            Range.prefix(Bytes.EMPTY, limit));
    for (Range range : ranges) {
      assertEquals(expected(model, range), database.scan(family, range), range::toString);
      Range back = range.reversed();
      assertEquals(expected(model, back), database.scan(family, back), back::toString);
    }
  }

  private static List<Entry> expected(NavigableMap<Bytes, Bytes> model, Range range) {
    return (range.descending() ? model.descendingMap() : model)
        .entrySet().stream()
            .filter(entry -> range.contains(entry.getKey()))
            .limit(range.limit())
            .map(entry -> new Entry(entry.getKey(), entry.getValue()))
            .toList();
  }
}

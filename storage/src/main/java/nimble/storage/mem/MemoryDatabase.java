package nimble.storage.mem;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Contents;
import nimble.storage.Database;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.StorageFailure;

/// A database that survives its process but not a power cut: [#crash] keeps what was committed and
/// a random number of the batches after it, whole ones. One thread.
public final class MemoryDatabase implements Database {
  private static final class Tables {
    private final Map<Family, NavigableMap<Bytes, Bytes>> families = new EnumMap<>(Family.class);

    NavigableMap<Bytes, Bytes> of(Family family) {
      return families.computeIfAbsent(family, _ -> new TreeMap<>());
    }

    void apply(Batch batch) {
      for (Batch.Write write : batch.writes()) {
        switch (write) {
          case Batch.Put(Family family, Bytes key, Bytes value) -> of(family).put(key, value);
          case Batch.Delete(Family family, Bytes key) -> of(family).remove(key);
        }
      }
    }

    Tables copy() {
      Tables copy = new Tables();
      families.forEach((family, entries) -> copy.of(family).putAll(entries));
      return copy;
    }
  }

  private final Tables durable = new Tables();
  private final List<Batch> unsynced = new ArrayList<>();
  private Tables visible = new Tables();
  private int commitsUntilCut = Integer.MAX_VALUE;
  private boolean down;

  @Override
  public Optional<Bytes> get(Family family, Bytes key) {
    checkUp();
    return Optional.ofNullable(visible.of(family).get(key));
  }

  @Override
  public List<Entry> scan(Family family, Range range) {
    checkUp();
    return page(visible.of(family), range);
  }

  private static List<Entry> page(NavigableMap<Bytes, Bytes> entries, Range range) {
    NavigableMap<Bytes, Bytes> found = entries.tailMap(range.from(), true);
    if (range.to().isPresent()) {
      Bytes end = range.to().get();
      found = found.headMap(end, false);
    }
    return (range.descending() ? found.descendingMap() : found)
        .entrySet().stream()
            .limit(range.limit())
            .map(entry -> new Entry(entry.getKey(), entry.getValue()))
            .toList();
  }

  @Override
  public void commit(Batch batch) {
    write(batch);
    if (--commitsUntilCut == 0) {
      down = true;
      checkUp();
    }
    unsynced.forEach(durable::apply);
    unsynced.clear();
  }

  @Override
  public void write(Batch batch) {
    checkUp();
    Batch copy = new Batch();
    for (Batch.Write write : batch.writes()) {
      switch (write) {
        case Batch.Put(Family family, Bytes key, Bytes value) -> copy.put(family, key, value);
        case Batch.Delete(Family family, Bytes key) -> copy.delete(family, key);
      }
    }
    unsynced.add(copy);
    visible.apply(copy);
  }

  @Override
  public View view() {
    checkUp();
    Tables copy = visible.copy();
    return new View() {
      @Override
      public Optional<Bytes> get(Family family, Bytes key) {
        return Optional.ofNullable(copy.of(family).get(key));
      }

      @Override
      public List<Entry> scan(Family family, Range range) {
        return page(copy.of(family), range);
      }

      @Override
      public void close() {}
    };
  }

  /// Without a copy: on one thread nobody writes meanwhile.
  @Override
  public <T> T still(Function<? super Contents, T> reading) {
    return reading.apply(this);
  }

  @Override
  public void clear(Family family, Bytes from) {
    checkUp();
    Batch all = new Batch();
    visible.of(family).tailMap(from, true).keySet().forEach(key -> all.delete(family, key));
    commit(all);
  }

  /// Nothing that was deleted takes room.
  @Override
  public void compact() {}

  /// The power goes during the `commits`-th commit from now: it fails, and so does all else until
  /// [#crash].
  public void cutPowerAfter(int commits) {
    Invariant.check(commits > 0, "%d commits", commits);
    commitsUntilCut = commits;
  }

  /// Power back: unsynced batches beyond a random prefix are gone.
  public void crash(SplittableRandom random) {
    unsynced.subList(0, random.nextInt(unsynced.size() + 1)).forEach(durable::apply);
    unsynced.clear();
    visible = durable.copy();
    commitsUntilCut = Integer.MAX_VALUE;
    down = false;
  }

  private void checkUp() {
    if (down) {
      throw new StorageFailure("the power is out");
    }
  }

  /// The twin outlives its user: nothing to release.
  @Override
  public void close() {}
}

package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// What every shelf must do, compared with plain maps. `shelf` holds at most `BYTES_MAX`.
public final class ShelfContract {
  public static final long BYTES_MAX = 4_000;

  private final Shelf shelf;
  private final SortedMap<String, SortedMap<Hash, Bytes>> chunks = new TreeMap<>();
  private final SortedMap<String, SortedMap<String, Bytes>> documents = new TreeMap<>();
  private final SortedMap<String, Long> used = new TreeMap<>();

  private ShelfContract(Shelf shelf) {
    this.shelf = shelf;
  }

  public static void check(Shelf shelf, SplittableRandom random, int operations) {
    ShelfContract contract = new ShelfContract(shelf);
    for (int i = 0; i < operations; i++) {
      contract.operate(random);
      contract.compare();
    }
  }

  private void operate(SplittableRandom random) {
    String group = "job-1.round-" + random.nextInt(4);
    switch (random.nextInt(8)) {
      case 0 -> {
        assertEquals(used.remove(group) != null, shelf.drop(group));
        chunks.remove(group);
        documents.remove(group);
      }
      case 1, 2 -> {
        String name = "document " + random.nextInt(2);
        Bytes contents = Bytes.utf8("written " + random.nextInt(100));
        Shelf.Put expected = room(group, contents);
        assertEquals(expected, shelf.write(group, name, contents));
        if (expected == Shelf.Put.STORED) {
          documents.computeIfAbsent(group, _ -> new TreeMap<>()).put(name, contents);
        }
      }
      default -> {
        Bytes chunk = Bytes.utf8("chunk " + random.nextInt(20) + " ".repeat(80));
        Hash name = Manifest.chunkHash(chunk);
        SortedMap<Hash, Bytes> held = chunks.computeIfAbsent(group, _ -> new TreeMap<>());
        Shelf.Put expected = held.containsKey(name) ? Shelf.Put.PRESENT : room(group, chunk);
        assertEquals(expected, shelf.put(group, name, chunk));
        if (expected == Shelf.Put.STORED) {
          held.put(name, chunk);
        }
      }
    }
  }

  private Shelf.Put room(String group, Bytes contents) {
    long bytes = Shelf.ENTRY_BYTES + (long) contents.size();
    if (usedInAll() + bytes > BYTES_MAX) {
      return Shelf.Put.FULL;
    }
    used.merge(group, bytes, Long::sum);
    return Shelf.Put.STORED;
  }

  private long usedInAll() {
    return used.values().stream().mapToLong(each -> each).sum();
  }

  private void compare() {
    assertEquals(usedInAll(), shelf.bytesUsed());
    assertEquals(used.keySet(), shelf.groups());
    chunks.forEach((group, held) ->
        held.forEach((name, chunk) -> {
          assertTrue(shelf.has(group, name));
          assertEquals(Optional.of(chunk), shelf.get(name));
        }));
    for (int i = 0; i < 20; i++) {
      Hash name = Manifest.chunkHash(Bytes.utf8("chunk " + i + " ".repeat(80)));
      assertEquals(
          chunks.values().stream().anyMatch(held -> held.containsKey(name)),
          shelf.get(name).isPresent());
    }
    documents.forEach((group, held) ->
        held.forEach(
            (name, contents) -> assertEquals(Optional.of(contents), shelf.read(group, name))));
    assertEquals(Optional.empty(), shelf.read("job-1.round-9", "document 0"));
    assertFalse(shelf.has("job-1.round-9", Hash.ZERO));
  }
}

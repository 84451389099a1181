package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// What every blob store must do, compared with a plain map. `store` has a quota of `BYTES_MAX`.
public final class BlobStoreContract {
  public static final long BYTES_MAX = 2_000;

  private BlobStoreContract() {}

  public static void check(BlobStore store, SplittableRandom random, int operations) {
    SortedMap<Hash, Bytes> model = new TreeMap<>();
    for (int i = 0; i < operations; i++) {
      Bytes chunk = Bytes.utf8("chunk " + random.nextInt(40) + " ".repeat(80));
      Hash name = Manifest.chunkHash(chunk);
      switch (random.nextInt(3)) {
        case 0, 1 -> assertEquals(expectedPut(model, name, chunk), store.put(chunk));
        default -> assertEquals(model.remove(name) != null, store.delete(name));
      }
      assertEquals(model.containsKey(name), store.has(name));
      assertEquals(Optional.ofNullable(model.get(name)), store.get(name));
      assertEquals(
          Optional.ofNullable(model.get(name)).map(it -> it.slice(3, 60)), store.read(name, 3, 57));
      assertEquals(Optional.empty(), store.read(name, chunk.size() - 5, 6));
      assertEquals(bytes(model), store.bytesUsed());
    }
    assertEquals(List.copyOf(model.keySet()), pages(store));
    assertTrue(store.bytesUsed() <= store.bytesMax());
    assertFalse(store.has(Hash.ZERO));
  }

  private static BlobStore.Put expectedPut(SortedMap<Hash, Bytes> model, Hash name, Bytes chunk) {
    if (model.containsKey(name)) {
      return BlobStore.Put.PRESENT;
    }
    if (bytes(model) + chunk.size() > BYTES_MAX) {
      return BlobStore.Put.OVER_QUOTA;
    }
    model.put(name, chunk);
    return BlobStore.Put.STORED;
  }

  private static long bytes(SortedMap<Hash, Bytes> model) {
    return model.values().stream().mapToLong(Bytes::size).sum();
  }

  private static List<Hash> pages(BlobStore store) {
    List<Hash> all = new ArrayList<>();
    List<Hash> page = store.list(Hash.ZERO, 3);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = store.list(page.getLast(), 3);
    }
    return all;
  }
}

package nimble.storage.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.storage.Shelf;
import nimble.storage.ShelfContract;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

final class MemoryShelfTest {
  @Test
  void keepsTheContract() {
    Seeds.forEach(
        50, random -> ShelfContract.check(new MemoryShelf(ShelfContract.BYTES_MAX), random, 150));
  }

  @Test
  void e3WhatADocumentStandsBehindOutlivesThePower() {
    Seeds.forEach(
        200,
        random -> {
          MemoryShelf shelf = new MemoryShelf(10_000);
          List<Hash> before = chunks(shelf, "before", random.nextInt(5));
          boolean written = random.nextBoolean();
          if (written) {
            shelf.write("group", "index", Bytes.utf8("all of it"));
          }
          chunks(shelf, "after", random.nextInt(5));
          shelf.crash(random);
          if (written) {
            assertEquals(Optional.of(Bytes.utf8("all of it")), shelf.read("group", "index"));
            assertTrue(before.stream().allMatch(name -> shelf.has("group", name)));
          }
          assertEquals(shelf.bytesUsed() > 0, !shelf.groups().isEmpty());
        });
  }

  private static List<Hash> chunks(Shelf shelf, String text, int count) {
    List<Hash> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Bytes chunk = Bytes.utf8(text + i);
      names.add(Manifest.chunkHash(chunk));
      shelf.put("group", names.getLast(), chunk);
    }
    return names;
  }

  @Test
  void e4AFullDiskRefuses() {
    MemoryShelf shelf = new MemoryShelf(10_000);
    shelf.fill(true);
    assertEquals(Shelf.Put.FULL, shelf.write("group", "index", Bytes.EMPTY));
    shelf.fill(false);
    assertEquals(Shelf.Put.STORED, shelf.write("group", "index", Bytes.EMPTY));
  }
}

package nimble.storage.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Optional;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.storage.BlobStoreContract;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

final class MemoryBlobStoreTest {
  @Test
  void keepsTheContract() {
    Seeds.forEach(
        50,
        random ->
            BlobStoreContract.check(new MemoryBlobStore(BlobStoreContract.BYTES_MAX), random, 100));
  }

  @Test
  void c2ADamagedChunkCountsAsMissing() {
    MemoryBlobStore store = new MemoryBlobStore(100);
    Bytes chunk = Bytes.utf8("chunk");
    Hash name = Manifest.chunkHash(chunk);
    store.put(chunk);
    store.damage(name);
    assertEquals(Optional.empty(), store.get(name));
    assertFalse(store.has(name));
    assertEquals(0, store.bytesUsed());
  }
}

package nimble.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.storage.BlobStoreContract;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileBlobStoreTest {
  private static final Bytes CHUNK = Bytes.utf8("chunk");
  private static final Hash NAME = Manifest.chunkHash(CHUNK);

  @TempDir Path blobs;

  private FileBlobStore open(long bytesMax) {
    return FileBlobStore.open(blobs, bytesMax);
  }

  private Path file() {
    String name = NAME.toString();
    return blobs.resolve(name.substring(0, 2)).resolve(name.substring(2, 4)).resolve(name);
  }

  @Test
  void keepsTheContract() {
    BlobStoreContract.check(open(BlobStoreContract.BYTES_MAX), new SplittableRandom(1), 100);
  }

  @Test
  void c1ChunksLieInTheirPlaceAndSurviveReopening() {
    open(100).put(CHUNK);
    assertTrue(Files.exists(file()));
    FileBlobStore again = open(100);
    assertEquals(Optional.of(CHUNK), again.get(NAME));
    assertEquals(CHUNK.size(), again.bytesUsed());
  }

  @Test
  void c1UnfinishedWritesAreRemoved() throws IOException {
    open(100);
    Path unfinished = blobs.resolve("temp").resolve(NAME.toString());
    Files.writeString(unfinished, "chu");
    FileBlobStore store = open(100);
    assertFalse(store.has(NAME) || Files.exists(unfinished));
    assertEquals(FileBlobStore.Put.STORED, store.put(CHUNK));
  }

  @Test
  void c2ADamagedChunkIsDroppedAndCanComeAgain() throws IOException {
    FileBlobStore store = open(100);
    store.put(CHUNK);
    Files.writeString(file(), "chunk with a longer tail");
    FileBlobStore again = open(100);
    assertEquals(Optional.empty(), again.get(NAME));
    assertEquals(0, again.bytesUsed());
    assertEquals(FileBlobStore.Put.STORED, again.put(CHUNK));
    assertEquals(Optional.of(CHUNK), again.get(NAME));
  }

  @Test
  void c3ThreadsThatPutTheSameChunksCountThemOnce() throws InterruptedException {
    FileBlobStore store = open(1_000);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int chunk = 0; chunk < 20; chunk++) {
                  store.put(Bytes.utf8("chunk " + chunk));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(20, store.list(Hash.ZERO, 100).size());
    assertEquals(open(1_000).bytesUsed(), store.bytesUsed());
  }

  @Test
  void c3TheChainKeepsItsReserve() throws IOException {
    AtomicLong free = new AtomicLong(Disk.RESERVE_BYTES);
    FileBlobStore store = FileBlobStore.open(blobs, 100, free::get);
    assertEquals(FileBlobStore.Put.OVER_QUOTA, store.put(CHUNK));
    assertEquals(0, store.bytesUsed());
    free.set(Disk.RESERVE_BYTES + CHUNK.size());
    assertEquals(FileBlobStore.Put.STORED, store.put(CHUNK));
    free.set(0);
    assertEquals(FileBlobStore.Put.PRESENT, store.put(CHUNK));
  }

  /// A file where the chunk is to be written first: the write fails as on a full disk.
  @Test
  void c3AWriteThatFindsTheDiskFullChangesNothing() throws IOException {
    AtomicLong asked = new AtomicLong();
    FileBlobStore store =
        FileBlobStore.open(blobs, 100, () -> asked.getAndIncrement() == 0 ? Long.MAX_VALUE : 0);
    Files.writeString(blobs.resolve("temp").resolve(NAME.toString()), "in the way");
    assertEquals(FileBlobStore.Put.OVER_QUOTA, store.put(CHUNK));
    assertEquals(0, store.bytesUsed());
    assertEquals(0, open(100).bytesUsed());
  }
}

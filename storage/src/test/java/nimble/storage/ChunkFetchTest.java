package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.storage.mem.MemoryBlobStore;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

final class ChunkFetchTest {
  /// A blob of full chunks of zeros, ones and so on, and a short last one.
  private static List<Bytes> chunks(int full) {
    List<Bytes> chunks = new ArrayList<>();
    for (int i = 0; i < full; i++) {
      byte[] chunk = new byte[Manifest.CHUNK_BYTES];
      chunk[0] = (byte) i;
      chunks.add(Bytes.wrap(chunk));
    }
    chunks.add(Bytes.utf8("the end"));
    return chunks;
  }

  private static Manifest manifest(List<Bytes> chunks) {
    ManifestBuilder builder = new ManifestBuilder();
    chunks.forEach(builder::add);
    return builder.build();
  }

  @Test
  void chunksAreAskedForInOrderAndOnceAtATime() throws Malformed {
    List<Bytes> chunks = chunks(3);
    Manifest manifest = manifest(chunks);
    ChunkFetch fetch = ChunkFetch.start(manifest, _ -> false);
    assertEquals(manifest.chunks().subList(0, 2), fetch.next(2));
    assertEquals(manifest.chunks().subList(2, 4), fetch.next(9));
    assertEquals(List.of(), fetch.next(9));
    fetch.failed(manifest.chunks().get(1));
    assertEquals(List.of(manifest.chunks().get(1)), fetch.next(9));
    for (Bytes chunk : chunks) {
      assertTrue(fetch.arrived(chunk));
      assertFalse(fetch.arrived(chunk));
    }
    assertTrue(fetch.done());
  }

  @Test
  void whatNobodyAskedForIsRefused() throws Malformed {
    ChunkFetch fetch = ChunkFetch.start(manifest(chunks(1)), _ -> false);
    assertFalse(fetch.arrived(Bytes.utf8("rubbish")));
    assertEquals(2, fetch.missing());
  }

  @Test
  void aManifestThatLiesAboutLengthsIsMalformed() throws Malformed {
    Hash small = Manifest.chunkHash(Bytes.utf8("small"));
    Manifest twice = new Manifest(Manifest.CHUNK_BYTES + 5L, List.of(small, small));
    assertThrows(Malformed.class, () -> ChunkFetch.start(twice, _ -> false));
    ChunkFetch fetch = ChunkFetch.start(new Manifest(6, List.of(small)), _ -> false);
    assertThrows(Malformed.class, () -> fetch.arrived(Bytes.utf8("small")));
  }

  @Test
  void aFetchResumesFromWhatIsStored() {
    List<Bytes> chunks = chunks(4);
    Manifest manifest = manifest(chunks);
    Seeds.forEach(
        20,
        random -> {
          MemoryBlobStore store = new MemoryBlobStore(1L << 30);
          int left = chunks.size();
          while (left > 0) {
            left = fetchSome(manifest, chunks, store, 1 + random.nextInt(3));
          }
          assertTrue(manifest.chunks().stream().allMatch(store::has));
        });
  }

  private static int fetchSome(Manifest manifest, List<Bytes> chunks, BlobStore store, int count) {
    try {
      ChunkFetch fetch = ChunkFetch.start(manifest, store::has);
      for (Hash asked : fetch.next(count)) {
        Bytes chunk = chunks.get(manifest.chunks().indexOf(asked));
        assertTrue(fetch.arrived(chunk));
        store.put(chunk);
      }
      return fetch.missing();
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sharedChunksStayUntilTheLastBlobGoes() {
    List<Bytes> chunks = chunks(1);
    Manifest one = manifest(chunks);
    Manifest other = manifest(chunks.subList(0, 1));
    ChunkReferences references = new ChunkReferences();
    references.retain(one);
    references.retain(other);
    assertEquals(List.of(one.chunks().get(1), one.id()), references.release(one));
    assertTrue(references.isNeeded(one.chunks().getFirst()));
    assertEquals(List.of(one.chunks().getFirst(), other.id()), references.release(other));
    assertFalse(references.isNeeded(one.chunks().getFirst()));
  }
}

package nimble.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.types.Hash;

/// Which chunks are needed, counted by the blobs that need them; a manifest's own chunk counts too.
/// Rebuilt at start from whatever keeps blobs alive (chain state, pins, leases). One owner.
public final class ChunkReferences {
  private final SortedMap<Hash, Integer> counts = new TreeMap<>();

  public void retain(Manifest manifest) {
    for (Hash chunk : chunksOf(manifest)) {
      counts.merge(chunk, 1, Integer::sum);
    }
  }

  /// Undoes one [#retain] and returns the chunks that nobody needs any more.
  public List<Hash> release(Manifest manifest) {
    List<Hash> free = new ArrayList<>();
    for (Hash chunk : chunksOf(manifest)) {
      Invariant.check(counts.containsKey(chunk), "chunk %s is not retained", chunk);
      if (counts.merge(chunk, -1, Integer::sum) == 0) {
        counts.remove(chunk);
        free.add(chunk);
      }
    }
    return free;
  }

  public boolean isNeeded(Hash chunk) {
    return counts.containsKey(chunk);
  }

  private static List<Hash> chunksOf(Manifest manifest) {
    List<Hash> chunks = new ArrayList<>(manifest.chunks());
    chunks.add(manifest.id());
    return chunks;
  }
}

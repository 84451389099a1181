package nimble.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Predicate;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;

/// Which chunks of a blob are still to come: asked for in the blob's order, each once at a time.
/// What is stored already is not asked for, so a fetch resumes by being started again. One owner.
public final class ChunkFetch {
  private final Map<Hash, Integer> lengths = new LinkedHashMap<>();
  private final SequencedSet<Hash> waiting = new LinkedHashSet<>();
  private final SequencedSet<Hash> inFlight = new LinkedHashSet<>();

  private ChunkFetch() {}

  /// Malformed when the manifest gives one chunk two lengths.
  public static ChunkFetch start(Manifest manifest, Predicate<Hash> stored) throws Malformed {
    ChunkFetch fetch = new ChunkFetch();
    for (int index = 0; index < manifest.chunks().size(); index++) {
      Hash chunk = manifest.chunks().get(index);
      int length = manifest.chunkBytes(index);
      Integer known = fetch.lengths.putIfAbsent(chunk, length);
      if (known != null && known != length) {
        throw new Malformed("chunk %s has %d bytes and %d".formatted(chunk, known, length));
      }
      if (known == null && !stored.test(chunk)) {
        fetch.waiting.add(chunk);
      }
    }
    return fetch;
  }

  /// Up to `count` chunks to ask for now; they are in flight until they arrive or fail.
  public List<Hash> next(int count) {
    List<Hash> asked = new ArrayList<>();
    while (asked.size() < count && !waiting.isEmpty()) {
      asked.add(waiting.removeFirst());
    }
    inFlight.addAll(asked);
    return asked;
  }

  /// What a peer sent; false when nobody waits for it. Malformed when it is one of ours and has
  /// another length than the manifest says: then the blob does not exist.
  public boolean arrived(Bytes bytes) throws Malformed {
    Hash chunk = Manifest.chunkHash(bytes);
    if (!inFlight.contains(chunk) && !waiting.contains(chunk)) {
      return false;
    }
    int length = lengths.getOrDefault(chunk, 0);
    if (bytes.size() != length) {
      throw new Malformed("chunk %s has %d bytes, not %d".formatted(chunk, bytes.size(), length));
    }
    inFlight.remove(chunk);
    waiting.remove(chunk);
    return true;
  }

  /// No answer, or none that fits: to be asked for again, after the others.
  public void failed(Hash chunk) {
    if (inFlight.remove(chunk)) {
      waiting.add(chunk);
    }
  }

  /// Chunks that have not arrived.
  public int missing() {
    return waiting.size() + inFlight.size();
  }

  public boolean done() {
    return missing() == 0;
  }
}

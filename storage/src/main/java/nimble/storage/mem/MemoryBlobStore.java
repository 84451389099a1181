package nimble.storage.mem;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.storage.BlobStore;
import nimble.types.Hash;

/// Chunks in memory. A put is durable at once, so a crash takes nothing; [#damage] is what may
/// happen to a chunk on a real disk.
public final class MemoryBlobStore implements BlobStore {
  private final NavigableMap<Hash, Bytes> chunks = new ConcurrentSkipListMap<>();
  private final AtomicLong used = new AtomicLong();
  private final long bytesMax;

  public MemoryBlobStore(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public Put put(Bytes chunk) {
    Invariant.check(
        !chunk.isEmpty() && chunk.size() <= Manifest.CHUNK_BYTES,
        "chunk of %d bytes",
        chunk.size());
    Hash name = Manifest.chunkHash(chunk);
    if (chunks.containsKey(name)) {
      return Put.PRESENT;
    }
    if (used.addAndGet(chunk.size()) > bytesMax) {
      used.addAndGet(-chunk.size());
      return Put.OVER_QUOTA;
    }
    if (chunks.putIfAbsent(name, chunk) != null) {
      used.addAndGet(-chunk.size());
      return Put.PRESENT;
    }
    return Put.STORED;
  }

  @Override
  public boolean has(Hash chunk) {
    return chunks.containsKey(chunk);
  }

  @Override
  public Optional<Bytes> get(Hash chunk) {
    Optional<Bytes> bytes = Optional.ofNullable(chunks.get(chunk));
    if (bytes.isPresent() && !Manifest.chunkHash(bytes.get()).equals(chunk)) {
      delete(chunk);
      return Optional.empty();
    }
    return bytes;
  }

  @Override
  public Optional<Bytes> read(Hash chunk, int from, int count) {
    return Optional.ofNullable(chunks.get(chunk))
        .filter(bytes -> count <= bytes.size() - from)
        .map(bytes -> bytes.read(from, count));
  }

  @Override
  public boolean delete(Hash chunk) {
    Bytes bytes = chunks.remove(chunk);
    if (bytes == null) {
      return false;
    }
    used.addAndGet(-bytes.size());
    return true;
  }

  @Override
  public List<Hash> list(Hash after, int limit) {
    return chunks.tailMap(after, false).keySet().stream().limit(limit).toList();
  }

  @Override
  public long bytesUsed() {
    return used.get();
  }

  @Override
  public long bytesMax() {
    return bytesMax;
  }

  /// Flips a bit of a stored chunk.
  public void damage(Hash chunk) {
    chunks.computeIfPresent(
        chunk,
        (_, bytes) -> {
          byte[] flipped = bytes.toArray();
          flipped[0] ^= 1;
          return Bytes.wrap(flipped);
        });
  }
}

package nimble.storage;

import java.util.ArrayList;
import java.util.List;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// A manifest chunk by chunk, in order.
public final class ManifestBuilder {
  private final List<Hash> chunks = new ArrayList<>();
  private long size;

  public ManifestBuilder add(Bytes chunk) {
    Invariant.check(size % Manifest.CHUNK_BYTES == 0, "a chunk after a short one");
    Invariant.check(
        !chunk.isEmpty() && chunk.size() <= Manifest.CHUNK_BYTES,
        "chunk of %d bytes",
        chunk.size());
    chunks.add(Manifest.chunkHash(chunk));
    size += chunk.size();
    return this;
  }

  public boolean isFull() {
    return chunks.size() == Manifest.CHUNKS_MAX;
  }

  public Manifest build() {
    return new Manifest(size, chunks);
  }
}

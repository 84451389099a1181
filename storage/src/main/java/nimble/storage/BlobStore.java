package nimble.storage;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Chunks by content (C1 to C3; names and sizes: `nimble.blob`). Any thread may call.
public interface BlobStore {
  /// What became of a chunk.
  enum Put {
    STORED,
    /// It was there already.
    PRESENT,
    /// It does not fit under the quota, or on the disk beside the chain: nothing was stored.
    OVER_QUOTA
  }

  /// Stores a chunk of 1 byte to 1 MiB under [nimble.blob.Manifest#chunkHash]; durable on return.
  Put put(Bytes chunk);

  boolean has(Hash chunk);

  /// Empty when missing, or when it was damaged and has just been dropped.
  Optional<Bytes> get(Hash chunk);

  /// `count` bytes of a chunk from `from` on, which are not checked: for who got the whole chunk
  /// before. Empty when it is missing, or shorter.
  Optional<Bytes> read(Hash chunk, int from, int count);

  /// Forgets a chunk; false when it was not there.
  boolean delete(Hash chunk);

  /// Up to `limit` names above `after`, ascending: for sweeping.
  List<Hash> list(Hash after, int limit);

  long bytesUsed();

  long bytesMax();
}

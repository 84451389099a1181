package nimble.node.work;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.storage.BlobStore;
import nimble.storage.Shelf;
import nimble.types.Hash;

/// Where the chunks of one blob are kept.
sealed interface Room {
  boolean has(Hash chunk);

  Optional<Bytes> get(Hash chunk);

  /// `count` bytes of a chunk that was here whole; empty when it is not any more.
  Optional<Bytes> read(Hash chunk, int from, int count);

  /// False when there is no room.
  boolean put(Hash name, Bytes chunk);

  record Store(BlobStore store) implements Room {
    @Override
    public boolean has(Hash chunk) {
      return store.has(chunk);
    }

    @Override
    public Optional<Bytes> get(Hash chunk) {
      return store.get(chunk);
    }

    @Override
    public Optional<Bytes> read(Hash chunk, int from, int count) {
      return store.read(chunk, from, count);
    }

    @Override
    public boolean put(Hash name, Bytes chunk) {
      return store.put(chunk) != BlobStore.Put.OVER_QUOTA;
    }

    @Override
    public String toString() {
      return "blob store";
    }
  }

  record Group(Shelf shelf, String group) implements Room {
    @Override
    public boolean has(Hash chunk) {
      return shelf.has(group, chunk);
    }

    @Override
    public Optional<Bytes> get(Hash chunk) {
      return shelf.get(chunk);
    }

    @Override
    public Optional<Bytes> read(Hash chunk, int from, int count) {
      return shelf
          .get(chunk)
          .filter(bytes -> count <= bytes.size() - from)
          .map(bytes -> bytes.read(from, count));
    }

    @Override
    public boolean put(Hash name, Bytes chunk) {
      return shelf.put(group, name, chunk) != Shelf.Put.FULL;
    }

    @Override
    public String toString() {
      return "shelf";
    }
  }
}

package nimble.node.work;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import nimble.blob.Manifest;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// One blob on its way here: its manifest first, then the chunks that the manifest names.
final class Gathering {
  /// Blobs are gathered once for each group that wants them, and once for the store; whoever takes
  /// less bytes waits for a gathering of its own.
  record Key(Optional<String> group, Hash manifest, long bytesMax) {}

  private final Key key;
  private final Room room;
  private final List<PublicKey> sources;
  private final long patienceMillis;
  private final List<Consumer<Blobs.Fetched>> waiting = new ArrayList<>();
  private final Set<Hash> missing = new LinkedHashSet<>();
  private Optional<Manifest> manifest = Optional.empty();
  private long movedMillis;

  Gathering(Key key, Room room, List<PublicKey> sources, long patienceMillis, long nowMillis) {
    this.key = key;
    this.room = room;
    this.sources = sources;
    this.patienceMillis = patienceMillis;
    this.movedMillis = nowMillis;
  }

  Key key() {
    return key;
  }

  Room room() {
    return room;
  }

  List<PublicKey> sources() {
    return sources;
  }

  List<Consumer<Blobs.Fetched>> waiting() {
    return waiting;
  }

  Set<Hash> missing() {
    return missing;
  }

  /// What is looked for now.
  List<Hash> wanted() {
    return manifest.map(Manifest::chunks).orElse(List.of(key.manifest()));
  }

  boolean hasManifest() {
    return manifest.isPresent();
  }

  void manifest(Bytes encoded) throws Malformed {
    Manifest read = Manifest.decode(encoded);
    if (read.size() > key.bytesMax()) {
      throw new Malformed(
          "%d bytes, at most %d are gathered".formatted(read.size(), key.bytesMax()));
    }
    manifest = Optional.of(read);
  }

  /// The blob, every chunk of which was looked at, one in memory at a time; empty when one was
  /// damaged on disk and is missing again.
  Optional<ByteSource> whole() throws Malformed {
    Manifest of = manifest.orElseThrow();
    for (int index = 0; index < of.chunks().size(); index++) {
      Optional<Bytes> part = room.get(of.chunks().get(index));
      if (part.isEmpty()) {
        return Optional.empty();
      }
      if (part.get().size() != of.chunkBytes(index)) {
        throw new Malformed(
            "its chunk %d has %d bytes, not %d"
                .formatted(index, part.get().size(), of.chunkBytes(index)));
      }
    }
    StoredBlob stored = new StoredBlob(of, room);
    boolean small = key.group().isEmpty() && of.size() <= Blobs.IN_MEMORY_MAX;
    return Optional.of(small ? stored.whole() : stored);
  }

  void moved(long nowMillis) {
    movedMillis = nowMillis;
  }

  boolean isStuck(long nowMillis) {
    return nowMillis - movedMillis > patienceMillis;
  }
}

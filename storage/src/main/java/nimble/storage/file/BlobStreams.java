package nimble.storage.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.storage.BlobStore;
import nimble.storage.ManifestBuilder;

/// Blobs as streams, one chunk in memory at a time.
public final class BlobStreams {
  private BlobStreams() {}

  /// Stores a stream to its end, and its manifest. Empty when the quota is reached: what was stored
  /// stays, for another try or the next sweep. An `IOException` is the stream's, never the disk's.
  public static Optional<Manifest> store(InputStream in, BlobStore store) throws IOException {
    ManifestBuilder builder = new ManifestBuilder();
    byte[] chunk = in.readNBytes(Manifest.CHUNK_BYTES);
    while (chunk.length > 0) {
      if (builder.isFull()) {
        throw new IOException("more than %d bytes".formatted(Manifest.SIZE_MAX));
      }
      Bytes bytes = Bytes.wrap(chunk);
      builder.add(bytes);
      if (store.put(bytes) == BlobStore.Put.OVER_QUOTA) {
        return Optional.empty();
      }
      chunk = in.readNBytes(Manifest.CHUNK_BYTES);
    }
    Manifest manifest = builder.build();
    boolean kept = store.put(manifest.encode()) != BlobStore.Put.OVER_QUOTA;
    return kept ? Optional.of(manifest) : Optional.empty();
  }

  /// Reads a blob. An `IOException` names the chunk that is missing.
  public static InputStream read(Manifest manifest, BlobStore store) {
    return new BlobInput(manifest, store);
  }

  private static final class BlobInput extends InputStream {
    private final Manifest manifest;
    private final BlobStore store;
    private int next;
    private InputStream chunk = InputStream.nullInputStream();

    BlobInput(Manifest manifest, BlobStore store) {
      this.manifest = manifest;
      this.store = store;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int count = chunk.read(target, offset, length);
      while (count < 0 && next < manifest.chunks().size()) {
        chunk = new ByteArrayInputStream(load(next).toArray());
        next++;
        count = chunk.read(target, offset, length);
      }
      return count;
    }

    private Bytes load(int index) throws IOException {
      var name = manifest.chunks().get(index);
      Bytes bytes =
          store
              .get(name)
              .orElseThrow(
                  () -> new IOException("chunk %d, %s, is missing".formatted(index, name)));
      if (bytes.size() != manifest.chunkBytes(index)) {
        throw new IOException("chunk %d has %d bytes".formatted(index, bytes.size()));
      }
      return bytes;
    }
  }
}

package nimble.node.work;

import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// A blob that is read where its chunks lie: of none of them more is in memory than is asked for
/// (W10).
record StoredBlob(Manifest manifest, Room room) implements ByteSource {
  @Override
  public long length() {
    return manifest.size();
  }

  @Override
  public Bytes read(long from, int count) {
    Invariant.check(
        from >= 0 && count >= 0 && count <= length() - from,
        "%d bytes from %d on, of %d",
        count,
        from,
        length());
    byte[] to = new byte[count];
    for (int done = 0; done < count; ) {
      long at = from + done;
      int index = (int) (at / Manifest.CHUNK_BYTES);
      int start = (int) (at % Manifest.CHUNK_BYTES);
      int some = Math.min(count - done, manifest.chunkBytes(index) - start);
      part(index, start, some).copyTo(to, done);
      done += some;
    }
    return Bytes.wrap(to);
  }

  /// What is read whole is checked once more.
  private Bytes part(int index, int start, int count) {
    Hash chunk = manifest.chunks().get(index);
    return (count == manifest.chunkBytes(index) ? room.get(chunk) : room.read(chunk, start, count))
        .filter(bytes -> bytes.size() == count)
        .orElseThrow(
            () -> new IllegalStateException("chunk %s is not here any more".formatted(chunk)));
  }
}

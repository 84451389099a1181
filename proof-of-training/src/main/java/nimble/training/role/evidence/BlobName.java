package nimble.training.role.evidence;

import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// Where a blob is found, and how large it is. Nobody fetches one of no bytes.
public record BlobName(Hash manifest, long bytes) {
  /// By the id of its manifest; its size in bytes.
  public static BlobName of(Blob blob) {
    return new BlobName(blob.id(), blob.manifest().size());
  }

  /// Whether these are the bytes that it names.
  boolean isOf(Bytes bytes) {
    return bytes.size() == this.bytes && Blob.of(bytes).id().equals(manifest);
  }

  public void write(Writer writer) {
    manifest.write(writer);
    writer.i64(bytes);
  }

  public static BlobName read(Reader reader) throws Malformed {
    return new BlobName(Hash.read(reader), reader.i64());
  }
}

package nimble.blob;

import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// The chunks of a blob of `size` bytes, in order (B1 to B4).
public record Manifest(long size, List<Hash> chunks) {
  public static final int CHUNK_BYTES = 1 << 20;

  /// As many as let the manifest itself fit into one chunk: blobs up to 32 GiB.
  public static final int CHUNKS_MAX = (CHUNK_BYTES - 13) / Hash.SIZE;

  public static final long SIZE_MAX = (long) CHUNKS_MAX * CHUNK_BYTES;

  private static final int VERSION = 1;

  public Manifest {
    Invariant.check(fits(size, chunks.size()), "%d bytes in %d chunks", size, chunks.size());
    chunks = List.copyOf(chunks);
  }

  /// The name of a chunk (B2).
  public static Hash chunkHash(Bytes chunk) {
    return Hashing.of("chunk", chunk);
  }

  /// The blob's id: the name of the manifest's own chunk (B3).
  public Hash id() {
    return chunkHash(encode());
  }

  public Hash root() {
    return Merkle.root(chunks.stream().map(Hash::bytes).toList());
  }

  /// The length of chunk `index` in bytes.
  public int chunkBytes(int index) {
    Invariant.check(index >= 0 && index < chunks.size(), "chunk %d", index);
    return (int) Math.min(CHUNK_BYTES, size - (long) index * CHUNK_BYTES);
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public static Manifest decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, Manifest::read);
  }

  public void write(Writer writer) {
    writer.u8(VERSION).i64(size).list(chunks, CHUNKS_MAX, Hash::write);
  }

  public static Manifest read(Reader reader) throws Malformed {
    reader.version(VERSION);
    long size = reader.i64();
    List<Hash> chunks = reader.list(CHUNKS_MAX, Hash::read);
    if (!fits(size, chunks.size())) {
      throw new Malformed("%d bytes in %d chunks".formatted(size, chunks.size()));
    }
    return new Manifest(size, chunks);
  }

  private static boolean fits(long size, int chunks) {
    return size >= 0 && size <= SIZE_MAX && chunks == Math.ceilDiv(size, CHUNK_BYTES);
  }
}

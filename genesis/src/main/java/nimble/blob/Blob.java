package nimble.blob;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Bytes that are ready to be served by hash.
public record Blob(Manifest manifest, List<Bytes> chunks) {
  public Blob {
    chunks = List.copyOf(chunks);
  }

  public static Blob of(ByteSource whole) {
    List<Bytes> chunks = new ArrayList<>();
    long size = whole.length();
    for (long at = 0; at < size; at += Manifest.CHUNK_BYTES) {
      chunks.add(whole.read(at, (int) Math.min(Manifest.CHUNK_BYTES, size - at)));
    }
    return new Blob(new Manifest(size, chunks.stream().map(Manifest::chunkHash).toList()), chunks);
  }

  /// The parts, one after the other.
  public static Blob of(List<Bytes> parts) {
    List<Bytes> left = parts.stream().filter(part -> !part.isEmpty()).toList();
    if (left.size() == 1) {
      return of(left.getFirst());
    }
    Builder builder = new Builder();
    left.forEach(builder::add);
    return builder.build();
  }

  public Hash id() {
    return manifest.id();
  }

  public Bytes whole() {
    return chunks.size() == 1 ? chunks.getFirst() : Bytes.concat(chunks.toArray(Bytes[]::new));
  }

  /// A blob from its parts, cut and hashed as they come.
  private static final class Builder {
    private final List<Bytes> chunks = new ArrayList<>();
    private final List<Hash> names = new ArrayList<>();
    private byte[] open = new byte[0];
    private int filled;
    private long size;

    void add(Bytes part) {
      var left = part.asBuffer();
      size += part.size();
      while (left.hasRemaining()) {
        if (filled == open.length) {
          open = new byte[Manifest.CHUNK_BYTES];
          filled = 0;
        }
        int some = Math.min(left.remaining(), open.length - filled);
        left.get(open, filled, some);
        filled += some;
        if (filled == open.length) {
          cut(Bytes.wrap(open));
        }
      }
    }

    /// Nothing may be added afterwards.
    Blob build() {
      if (filled < open.length) {
        cut(Bytes.wrap(Arrays.copyOf(open, filled)));
        filled = open.length;
      }
      return new Blob(new Manifest(size, names), chunks);
    }

    private void cut(Bytes chunk) {
      chunks.add(chunk);
      names.add(Manifest.chunkHash(chunk));
    }
  }
}

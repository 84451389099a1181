package nimble.blob;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;

/// Bytes one after the other, read as one, however long.
public record Rope(List<? extends ByteSource> pieces) {
  public Rope {
    pieces = List.copyOf(pieces);
  }

  public long size() {
    return pieces.stream().mapToLong(ByteSource::length).sum();
  }

  /// The first `bytes` of it.
  Rope cutOff(long bytes) {
    List<ByteSource> first = new ArrayList<>();
    long left = bytes;
    for (ByteSource piece : pieces) {
      if (left > 0) {
        first.add(piece.length() <= left ? piece : piece.read(0, (int) left));
        left -= piece.length();
      }
    }
    return new Rope(first);
  }

  /// `length` bytes from `from` on; beyond the end there are zeros.
  public Bytes read(long from, int length) {
    Invariant.check(from >= 0 && length >= 0, "%d bytes from %d on", length, from);
    byte[] to = new byte[length];
    long start = 0;
    for (ByteSource piece : pieces) {
      long end = start + piece.length();
      long first = Math.max(from, start);
      long last = Math.min(from + length, end);
      if (first < last) {
        piece.read(first - start, (int) (last - first)).copyTo(to, (int) (first - from));
      }
      start = end;
    }
    return Bytes.wrap(to);
  }
}

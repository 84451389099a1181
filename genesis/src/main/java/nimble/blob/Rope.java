package nimble.blob;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;

/// Byte strings one after the other, read as one, however long.
public record Rope(List<Bytes> pieces) {
  public Rope {
    pieces = List.copyOf(pieces);
  }

  public long size() {
    return pieces.stream().mapToLong(Bytes::size).sum();
  }

  /// The first `bytes` of it.
  Rope cutOff(long bytes) {
    List<Bytes> first = new ArrayList<>();
    long left = bytes;
    for (Bytes piece : pieces) {
      if (left > 0) {
        first.add(piece.size() <= left ? piece : piece.slice(0, (int) left));
        left -= piece.size();
      }
    }
    return new Rope(first);
  }

  /// `length` bytes from `from` on; beyond the end there are zeros.
  public Bytes read(long from, int length) {
    Invariant.check(from >= 0 && length >= 0, "%d bytes from %d on", length, from);
    byte[] to = new byte[length];
    long start = 0;
    for (Bytes piece : pieces) {
      long end = start + piece.size();
      long first = Math.max(from, start);
      long last = Math.min(from + length, end);
      if (first < last) {
        piece.asBuffer().get((int) (first - start), to, (int) (first - from), (int) (last - first));
      }
      start = end;
    }
    return Bytes.wrap(to);
  }
}

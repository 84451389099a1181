package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// A list that only grows, kept as the roots of its perfect subtrees: one peak for each bit of
/// `size`, the largest first. Its root is that of the RFC 6962 tree over the same items, so whoever
/// holds the items proves one of them with [Merkle].
///
/// @param size items appended
public record MerkleMountainRange(long size, List<Hash> peaks) {
  public static final MerkleMountainRange EMPTY = new MerkleMountainRange(0, List.of());
  private static final int PEAKS_MAX = Long.SIZE - 1;

  public MerkleMountainRange {
    peaks = List.copyOf(peaks);
    Invariant.check(
        size >= 0 && peaks.size() == Long.bitCount(size), "%d peaks of %d", peaks.size(), size);
  }

  public MerkleMountainRange append(Bytes item) {
    List<Hash> higher = new ArrayList<>(peaks);
    Hash peak = Merkle.leaf(item);
    for (long bits = size; (bits & 1) == 1; bits >>= 1) {
      peak = Merkle.node(higher.removeLast(), peak);
    }
    higher.add(peak);
    return new MerkleMountainRange(Math.addExact(size, 1), higher);
  }

  public Hash root() {
    if (peaks.isEmpty()) {
      return Merkle.empty();
    }
    Hash root = peaks.getLast();
    for (int i = peaks.size() - 2; i >= 0; i--) {
      root = Merkle.node(peaks.get(i), root);
    }
    return root;
  }

  /// Whether `item` was appended as number `index`, counted from 0.
  public boolean holds(Bytes item, long index, List<Hash> path) {
    return Merkle.rootFrom(item, index, size, path).equals(Optional.of(root()));
  }

  public void write(Writer writer) {
    writer.i64(size);
    peaks.forEach(peak -> peak.write(writer));
  }

  public static MerkleMountainRange read(Reader reader) throws Malformed {
    long size = reader.i64();
    int count = Math.min(Long.bitCount(size), PEAKS_MAX);
    List<Hash> peaks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      peaks.add(Hash.read(reader));
    }
    return new MerkleMountainRange(size, peaks);
  }
}

package nimble.vm.trace;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// Proofs for several leaves in a row of a Merkle list: the roots of the largest subtrees that hold
/// none of them, from left to right.
final class RangeProof {
  private RangeProof() {}

  static List<Hash> of(List<Hash> leaves, int first, int end) {
    List<Hash> path = new ArrayList<>();
    collect(leaves, 0, first, end, path);
    return path;
  }

  private static void collect(List<Hash> leaves, int at, int first, int end, List<Hash> path) {
    if (at + leaves.size() <= first || at >= end) {
      path.add(Merkle.join(leaves));
    } else if (leaves.size() > 1) {
      int split = split(leaves.size());
      collect(leaves.subList(0, split), at, first, end, path);
      collect(leaves.subList(split, leaves.size()), at + split, first, end, path);
    }
  }

  /// The root of a list of `size` that the leaves from `first` on lead to; empty when the path has
  /// another length than it must.
  static Optional<Hash> root(int size, int first, List<Hash> leaves, List<Hash> path) {
    if (leaves.isEmpty() || first < 0 || first > size - leaves.size()) {
      return Optional.empty();
    }
    Iterator<Hash> rest = path.iterator();
    Optional<Hash> root = root(0, size, first, leaves, rest);
    return rest.hasNext() ? Optional.empty() : root;
  }

  private static Optional<Hash> root(
      int at, int size, int first, List<Hash> leaves, Iterator<Hash> path) {
    if (at + size <= first || at >= first + leaves.size()) {
      return path.hasNext() ? Optional.of(path.next()) : Optional.empty();
    }
    if (size == 1) {
      return Optional.of(leaves.get(at - first));
    }
    int split = split(size);
    Optional<Hash> left = root(at, split, first, leaves, path);
    Optional<Hash> right = root(at + split, size - split, first, leaves, path);
    return left.isPresent() && right.isPresent()
        ? Optional.of(Merkle.node(left.get(), right.get()))
        : Optional.empty();
  }

  /// The largest power of two below `size`, as in RFC 6962.
  private static int split(int size) {
    return Integer.highestOneBit(size - 1);
  }
}

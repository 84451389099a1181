package nimble.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Merkle lists as RFC 6962, section 2.1: 0x00 before a leaf, 0x01 before a node; the empty list is
/// `H("empty")`.
public final class Merkle {
  private static final Bytes LEAF = Bytes.wrap(new byte[] {0});
  private static final Bytes NODE = Bytes.wrap(new byte[] {1});
  private static final int PATH_MAX = 64;

  private Merkle() {}

  public static Hash leaf(Bytes item) {
    return Hashing.sha256(LEAF, item);
  }

  public static Hash node(Hash left, Hash right) {
    return Hashing.sha256(NODE, left.bytes(), right.bytes());
  }

  public static Hash empty() {
    return Hashing.of("empty");
  }

  public static Hash root(List<Bytes> items) {
    return items.isEmpty() ? empty() : rootOf(items.stream().map(Merkle::leaf).toList());
  }

  /// The root over nodes of one level, or over leaves, whose hashes are known; at least one.
  public static Hash join(List<Hash> nodes) {
    Invariant.check(!nodes.isEmpty(), "no nodes");
    return rootOf(nodes);
  }

  /// The audit path of item `index`, from the leaf's sibling upwards.
  public static List<Hash> path(List<Bytes> items, int index) {
    Invariant.check(index >= 0 && index < items.size(), "item %d of %d", index, items.size());
    List<Hash> path = new ArrayList<>();
    collect(items.stream().map(Merkle::leaf).toList(), index, path);
    return List.copyOf(path);
  }

  /// The root that `item` at `index` of `size` items and its `path` lead to; empty when the path
  /// has the wrong length.
  public static Optional<Hash> rootFrom(Bytes item, long index, long size, List<Hash> path) {
    if (index < 0 || index >= size || path.size() > PATH_MAX) {
      return Optional.empty();
    }
    // RFC 9162, section 2.1.3.2.
    long first = index;
    long last = size - 1;
    Hash hash = leaf(item);
    for (Hash sibling : path) {
      if (last == 0) {
        return Optional.empty();
      }
      if ((first & 1) == 1 || first == last) {
        hash = node(sibling, hash);
        while ((first & 1) == 0 && first != 0) {
          first >>= 1;
          last >>= 1;
        }
      } else {
        hash = node(hash, sibling);
      }
      first >>= 1;
      last >>= 1;
    }
    return last == 0 ? Optional.of(hash) : Optional.empty();
  }

  private static Hash rootOf(List<Hash> leaves) {
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int split = split(leaves.size());
    return node(rootOf(leaves.subList(0, split)), rootOf(leaves.subList(split, leaves.size())));
  }

  private static void collect(List<Hash> leaves, int index, List<Hash> path) {
    if (leaves.size() == 1) {
      return;
    }
    int split = split(leaves.size());
    List<Hash> left = leaves.subList(0, split);
    List<Hash> right = leaves.subList(split, leaves.size());
    if (index < split) {
      collect(left, index, path);
      path.add(rootOf(right));
    } else {
      collect(right, index - split, path);
      path.add(rootOf(left));
    }
  }

  /// The largest power of two below `size`.
  private static int split(int size) {
    return Integer.highestOneBit(size - 1);
  }
}

package nimble.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.state.StateHash;
import nimble.state.StateProof;
import nimble.storage.TreeNode.Child;
import nimble.storage.TreeNode.Leaf;
import nimble.types.Hash;

/// The versioned tree behind a state root, as pure functions over a [NodeSource] (T1 to T4).
public final class StateTree {
  private StateTree() {}

  /// The tree after `writes` (a value, or empty to delete) on top of `parent`. `version` is the
  /// block's height, above every version that `parent` was made of.
  public static Change update(
      NodeSource nodes, TreeRoot parent, long version, SortedMap<Bytes, Optional<Bytes>> writes) {
    return new LiveTree(nodes, parent).update(version, writes);
  }

  /// Proves the value of `key`, or its absence, under `root`. Empty when a node on the way is gone:
  /// that version is pruned.
  public static Optional<StateProof> prove(NodeSource nodes, TreeRoot root, Bytes key) {
    List<Hash> siblings = new ArrayList<>();
    return ending(nodes, root, StateHash.path(key), siblings)
        .map(ending -> new StateProof(ending, siblings));
  }

  /// The value of `key` under `root`, or that it has none. `root` and its nodes must be there.
  public static Optional<Bytes> value(NodeSource nodes, TreeRoot root, Bytes key) {
    Optional<StateProof.Ending> ending =
        ending(nodes, root, StateHash.path(key), new ArrayList<>());
    Invariant.check(ending.isPresent(), "tree nodes of version %d are missing", root.version());
    return ending.get() instanceof StateProof.Present(Bytes value)
        ? Optional.of(value)
        : Optional.empty();
  }

  private static Optional<StateProof.Ending> ending(
      NodeSource nodes, TreeRoot root, Hash path, List<Hash> siblings) {
    if (root.isEmpty()) {
      return Optional.of(new StateProof.Vacant());
    }
    Optional<TreeNode> node = nodes.node(new NodeKey(root.version(), Nibbles.NONE));
    Nibbles at = Nibbles.NONE;
    while (node.isPresent() && node.get() instanceof InnerNode inner) {
      int place = descend(inner, Nibbles.at(path, at.count()), siblings);
      Child child = inner.child(place);
      if (child == null) {
        return Optional.of(new StateProof.Vacant());
      }
      at = at.append(place);
      node = nodes.node(new NodeKey(child.version(), at));
    }
    return node.map(found -> endingAt((Leaf) found, path));
  }

  /// Walks the four binary levels of a node towards place `wanted` and notes the siblings. Ends at
  /// `wanted`, or at the one leaf that stands for a whole range with `wanted` in it.
  private static int descend(InnerNode inner, int wanted, List<Hash> siblings) {
    int from = 0;
    for (int width = TreeNode.WIDTH; width > 1; width /= 2) {
      int first = inner.first(from, width);
      if (first < 0) {
        return wanted;
      }
      if (inner.isAlone(first, from, width)) {
        return first;
      }
      int half = width / 2;
      boolean right = wanted >= from + half;
      siblings.add(inner.hash(right ? from : from + half, half));
      from = right ? from + half : from;
    }
    return wanted;
  }

  private static StateProof.Ending endingAt(Leaf leaf, Hash path) {
    return leaf.path().equals(path)
        ? new StateProof.Present(leaf.value())
        : new StateProof.Other(leaf.path(), StateHash.value(leaf.value()));
  }
}

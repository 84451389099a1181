package nimble.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.state.StateHash;
import nimble.storage.TreeNode.Child;
import nimble.storage.TreeNode.Inner;
import nimble.storage.TreeNode.Leaf;
import nimble.types.Hash;

/// One version in the making (T3).
final class TreeUpdate {
  private record Write(Hash path, Optional<Bytes> value) {}

  private final NodeSource nodes;
  private final long version;
  private final SortedMap<NodeKey, TreeNode> written = new TreeMap<>();
  private final SortedSet<NodeKey> stale = new TreeSet<>();

  TreeUpdate(NodeSource nodes, long version) {
    this.nodes = nodes;
    this.version = version;
  }

  Change run(TreeRoot parent, SortedMap<Hash, Optional<Bytes>> byPath) {
    List<Write> writes = new ArrayList<>(byPath.size());
    byPath.forEach((path, value) -> writes.add(new Write(path, value)));
    Optional<Child> old = parent.isEmpty() ? Optional.empty() : Optional.of(rootChild(parent));
    Optional<Child> root = apply(old, Nibbles.NONE, writes);
    TreeRoot after =
        root.equals(old)
            ? parent
            : root.map(child -> new TreeRoot(child.version(), child.hash()))
                .orElse(new TreeRoot(version, StateHash.EMPTY));
    return new Change(after, written, stale);
  }

  /// A subtree with just these leaves, which are sorted, and at least one.
  Child plant(Nibbles prefix, List<Leaf> leaves) {
    return build(prefix, leaves).orElseThrow();
  }

  /// What was written so far, under `top`.
  Change change(Child top) {
    return new Change(new TreeRoot(top.version(), top.hash()), written, stale);
  }

  /// The nodes above `children`, which stand at `depth` nibbles.
  Change crown(int depth, List<Optional<Child>> children) {
    return crown(Nibbles.NONE, depth, children)
        .map(this::change)
        .orElse(new Change(new TreeRoot(version, StateHash.EMPTY), written, stale));
  }

  private Optional<Child> crown(Nibbles prefix, int depth, List<Optional<Child>> children) {
    if (prefix.count() == depth) {
      return children.getFirst();
    }
    int width = children.size() / TreeNode.WIDTH;
    List<Optional<Child>> below = new ArrayList<>(TreeNode.WIDTH);
    for (int place = 0; place < TreeNode.WIDTH; place++) {
      below.add(
          crown(prefix.append(place), depth, children.subList(place * width, (place + 1) * width)));
    }
    return join(prefix, new Inner(below));
  }

  private Child rootChild(TreeRoot parent) {
    Child child = new Child(parent.version(), parent.hash(), false);
    return new Child(parent.version(), parent.hash(), load(child, Nibbles.NONE) instanceof Leaf);
  }

  /// What stands at `prefix` after `writes`, which are sorted by path and all start with `prefix`.
  private Optional<Child> apply(Optional<Child> at, Nibbles prefix, List<Write> writes) {
    if (writes.isEmpty()) {
      return at;
    }
    if (at.isEmpty()) {
      return build(prefix, merge(new TreeMap<>(), writes));
    }
    return switch (load(at.get(), prefix)) {
      case Leaf leaf -> applyToLeaf(at.get(), leaf, prefix, writes);
      case Inner inner -> applyToInner(at.get(), inner, prefix, writes);
    };
  }

  private Optional<Child> applyToLeaf(Child at, Leaf leaf, Nibbles prefix, List<Write> writes) {
    SortedMap<Hash, Bytes> before = new TreeMap<>();
    before.put(leaf.path(), leaf.value());
    List<Leaf> after = merge(before, writes);
    if (after.equals(List.of(leaf))) {
      return Optional.of(at);
    }
    stale.add(new NodeKey(at.version(), prefix));
    return build(prefix, after);
  }

  private Optional<Child> applyToInner(Child at, Inner inner, Nibbles prefix, List<Write> writes) {
    List<Optional<Child>> children = new ArrayList<>(inner.children());
    int from = 0;
    for (int place = 0; place < TreeNode.WIDTH; place++) {
      int to = from;
      while (to < writes.size() && Nibbles.at(writes.get(to).path(), prefix.count()) == place) {
        to++;
      }
      if (from < to) {
        children.set(
            place, apply(children.get(place), prefix.append(place), writes.subList(from, to)));
        from = to;
      }
    }
    if (children.equals(inner.children())) {
      return Optional.of(at);
    }
    stale.add(new NodeKey(at.version(), prefix));
    return join(prefix, inner.with(children));
  }

  /// `node`, or its single leaf, which moves up to stand for all of it.
  private Optional<Child> join(Nibbles prefix, Inner node) {
    List<Child> present = node.children().stream().flatMap(Optional::stream).toList();
    if (present.isEmpty()) {
      return Optional.empty();
    }
    Child first = present.getFirst();
    if (present.size() > 1 || !first.leaf()) {
      return place(prefix, node);
    }
    Nibbles from = prefix.append(node.children().indexOf(Optional.of(first)));
    NodeKey key = new NodeKey(first.version(), from);
    TreeNode leaf = load(first, from);
    if (written.remove(key) == null) {
      stale.add(key);
    }
    return place(prefix, leaf);
  }

  private static List<Leaf> merge(SortedMap<Hash, Bytes> before, List<Write> writes) {
    for (Write write : writes) {
      write
          .value()
          .ifPresentOrElse(
              value -> before.put(write.path(), value), () -> before.remove(write.path()));
    }
    List<Leaf> leaves = new ArrayList<>(before.size());
    before.forEach((path, value) -> leaves.add(new Leaf(path, value)));
    return leaves;
  }

  private Optional<Child> build(Nibbles prefix, List<Leaf> leaves) {
    if (leaves.isEmpty()) {
      return Optional.empty();
    }
    if (leaves.size() == 1) {
      return place(prefix, leaves.getFirst());
    }
    List<Optional<Child>> children = new ArrayList<>(TreeNode.WIDTH);
    int from = 0;
    for (int place = 0; place < TreeNode.WIDTH; place++) {
      int to = from;
      while (to < leaves.size() && Nibbles.at(leaves.get(to).path(), prefix.count()) == place) {
        to++;
      }
      children.add(
          from == to ? Optional.empty() : build(prefix.append(place), leaves.subList(from, to)));
      from = to;
    }
    return place(prefix, new Inner(children));
  }

  private Optional<Child> place(Nibbles prefix, TreeNode node) {
    written.put(new NodeKey(version, prefix), node);
    return Optional.of(new Child(version, node.hash(), node instanceof Leaf));
  }

  private TreeNode load(Child child, Nibbles at) {
    NodeKey key = new NodeKey(child.version(), at);
    TreeNode own = child.version() == version ? written.get(key) : null;
    Optional<TreeNode> node = own == null ? nodes.node(key) : Optional.of(own);
    Invariant.check(node.isPresent(), "tree node %s is missing", key);
    return node.orElseThrow();
  }
}

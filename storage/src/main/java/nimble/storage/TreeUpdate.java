package nimble.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.state.StateHash;
import nimble.storage.TreeNode.Child;
import nimble.storage.TreeNode.Inner;
import nimble.storage.TreeNode.Leaf;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// One version in the making (T3).
final class TreeUpdate {
  private record Write(Hash path, Optional<Bytes> value) {
    Optional<Leaf> leaf() {
      return value.map(it -> new Leaf(path, it));
    }
  }

  private final NodeSource nodes;
  private final long version;
  private final SequencedMap<NodeKey, TreeNode> written = new LinkedHashMap<>();
  private final SequencedSet<NodeKey> stale = new LinkedHashSet<>();

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
    @Nullable Child[] below = new @Nullable Child[TreeNode.WIDTH];
    for (int place = 0; place < TreeNode.WIDTH; place++) {
      below[place] =
          crown(prefix.append(place), depth, children.subList(place * width, (place + 1) * width))
              .orElse(null);
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
      return build(prefix, writes.stream().map(Write::leaf).flatMap(Optional::stream).toList());
    }
    return switch (load(at.get(), prefix)) {
      case Leaf leaf -> applyToLeaf(at.get(), leaf, prefix, writes);
      case Inner inner -> applyToInner(at.get(), inner, prefix, writes);
    };
  }

  private Optional<Child> applyToLeaf(Child at, Leaf leaf, Nibbles prefix, List<Write> writes) {
    List<Leaf> after = after(leaf, writes);
    if (after.equals(List.of(leaf))) {
      return Optional.of(at);
    }
    stale.add(new NodeKey(at.version(), prefix));
    return build(prefix, after);
  }

  private Optional<Child> applyToInner(Child at, Inner inner, Nibbles prefix, List<Write> writes) {
    @Nullable Child[] children = inner.toArray();
    int from = 0;
    for (int place = 0; place < TreeNode.WIDTH; place++) {
      int to = from;
      while (to < writes.size() && Nibbles.at(writes.get(to).path(), prefix.count()) == place) {
        to++;
      }
      if (from < to) {
        Optional<Child> before = Optional.ofNullable(children[place]);
        children[place] =
            apply(before, prefix.append(place), writes.subList(from, to)).orElse(null);
        from = to;
      }
    }
    if (inner.holds(children)) {
      return Optional.of(at);
    }
    stale.add(new NodeKey(at.version(), prefix));
    return join(prefix, inner.with(children));
  }

  /// `node`, or its single leaf, which moves up to stand for all of it.
  private Optional<Child> join(Nibbles prefix, Inner node) {
    int place = node.first(0, TreeNode.WIDTH);
    if (place < 0) {
      return Optional.empty();
    }
    if (!node.isAlone(place, 0, TreeNode.WIDTH)) {
      return place(prefix, node);
    }
    Child first = Objects.requireNonNull(node.child(place));
    Nibbles from = prefix.append(place);
    NodeKey key = new NodeKey(first.version(), from);
    TreeNode leaf = load(first, from);
    if (written.remove(key) == null) {
      stale.add(key);
    }
    return place(prefix, leaf);
  }

  /// The leaf's own new value, most of the time.
  private static List<Leaf> after(Leaf leaf, List<Write> writes) {
    if (writes.size() == 1 && writes.getFirst().path().equals(leaf.path())) {
      return writes.getFirst().leaf().stream().toList();
    }
    SortedMap<Hash, Leaf> leaves = new TreeMap<>();
    leaves.put(leaf.path(), leaf);
    for (Write write : writes) {
      write
          .leaf()
          .ifPresentOrElse(it -> leaves.put(it.path(), it), () -> leaves.remove(write.path()));
    }
    return List.copyOf(leaves.values());
  }

  private Optional<Child> build(Nibbles prefix, List<Leaf> leaves) {
    if (leaves.isEmpty()) {
      return Optional.empty();
    }
    if (leaves.size() == 1) {
      return place(prefix, leaves.getFirst());
    }
    @Nullable Child[] children = new @Nullable Child[TreeNode.WIDTH];
    int from = 0;
    for (int place = 0; place < TreeNode.WIDTH; place++) {
      int to = from;
      while (to < leaves.size() && Nibbles.at(leaves.get(to).path(), prefix.count()) == place) {
        to++;
      }
      children[place] = build(prefix.append(place), leaves.subList(from, to)).orElse(null);
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

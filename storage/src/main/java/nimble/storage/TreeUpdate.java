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
import nimble.codec.Bytes;
import nimble.state.StateHash;
import nimble.storage.TreeNode.Child;
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

  /// What stands at a place: how the node above names it, and itself if it is in memory.
  record Stand(Child child, @Nullable TreeNode node) {
    /// Whether an update has left things as they were: what it writes has a version of its own.
    static boolean isSame(@Nullable Stand before, @Nullable Stand after) {
      if (before == null) {
        return after == null;
      }
      return after != null && before.child().equals(after.child());
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

  /// @param top the parent's root node; null when it is empty
  Change run(TreeRoot parent, @Nullable TreeNode top, SortedMap<Hash, Optional<Bytes>> byPath) {
    List<Write> writes = new ArrayList<>(byPath.size());
    byPath.forEach((path, value) -> writes.add(new Write(path, value)));
    Stand old =
        top == null
            ? null
            : new Stand(new Child(parent.version(), parent.hash(), top instanceof Leaf), top);
    Stand root = writes.isEmpty() ? old : apply(old, Nibbles.NONE, writes);
    return Stand.isSame(old, root) ? new Change(parent, written, stale) : change(root);
  }

  /// A subtree with just these leaves, which are sorted, and at least one.
  Child plant(Nibbles prefix, List<Leaf> leaves) {
    return Objects.requireNonNull(build(prefix, leaves)).child();
  }

  /// What was written so far, under `top`.
  Change change(Child top) {
    return new Change(new TreeRoot(top.version(), top.hash()), written, stale);
  }

  private Change change(@Nullable Stand top) {
    return top == null
        ? new Change(new TreeRoot(version, StateHash.EMPTY), written, stale)
        : change(top.child());
  }

  /// The nodes above `children`, which stand at `depth` nibbles.
  Change crown(int depth, List<Optional<Child>> children) {
    return change(crown(Nibbles.NONE, depth, children));
  }

  private @Nullable Stand crown(Nibbles prefix, int depth, List<Optional<Child>> children) {
    if (prefix.count() == depth) {
      return children.getFirst().map(child -> new Stand(child, null)).orElse(null);
    }
    int width = children.size() / TreeNode.WIDTH;
    InnerNode.Draft draft = new InnerNode.Draft();
    for (int place = 0; place < TreeNode.WIDTH; place++) {
      List<Optional<Child>> below = children.subList(place * width, (place + 1) * width);
      draft.set(place, crown(prefix.append(place), depth, below));
    }
    return join(prefix, draft.build());
  }

  /// What stands at `prefix` after `writes`, which are sorted by path and all start with `prefix`;
  /// `at` itself when they change nothing.
  private @Nullable Stand apply(@Nullable Stand at, Nibbles prefix, List<Write> writes) {
    if (at == null) {
      return build(prefix, writes.stream().map(Write::leaf).flatMap(Optional::stream).toList());
    }
    return switch (Objects.requireNonNull(at.node())) {
      case Leaf leaf -> applyToLeaf(at, leaf, prefix, writes);
      case InnerNode inner -> applyToInner(at, inner, prefix, writes);
    };
  }

  private @Nullable Stand applyToLeaf(Stand at, Leaf leaf, Nibbles prefix, List<Write> writes) {
    List<Leaf> after = after(leaf, writes);
    if (after.equals(List.of(leaf))) {
      return at;
    }
    stale.add(new NodeKey(at.child().version(), prefix));
    return build(prefix, after);
  }

  private @Nullable Stand applyToInner(
      Stand at, InnerNode inner, Nibbles prefix, List<Write> writes) {
    InnerNode.Draft draft = new InnerNode.Draft(inner);
    int from = 0;
    while (from < writes.size()) {
      int place = Nibbles.at(writes.get(from).path(), prefix.count());
      int to = from + 1;
      while (to < writes.size() && Nibbles.at(writes.get(to).path(), prefix.count()) == place) {
        to++;
      }
      Nibbles below = prefix.append(place);
      Child child = inner.child(place);
      Stand before = child == null ? null : new Stand(child, inner.load(place, below, nodes));
      Stand after = apply(before, below, writes.subList(from, to));
      if (!Stand.isSame(before, after)) {
        draft.set(place, after);
      }
      from = to;
    }
    if (!draft.isChanged()) {
      return at;
    }
    stale.add(new NodeKey(at.child().version(), prefix));
    return join(prefix, draft.build());
  }

  /// `node`, or its single leaf, which moves up to stand for all of it.
  private @Nullable Stand join(Nibbles prefix, InnerNode node) {
    int place = node.first(0, TreeNode.WIDTH);
    if (place < 0) {
      return null;
    }
    if (!node.isAlone(place, 0, TreeNode.WIDTH)) {
      return place(prefix, node);
    }
    Nibbles below = prefix.append(place);
    TreeNode leaf = node.load(place, below, nodes);
    NodeKey key = new NodeKey(Objects.requireNonNull(node.child(place)).version(), below);
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

  private @Nullable Stand build(Nibbles prefix, List<Leaf> leaves) {
    if (leaves.isEmpty()) {
      return null;
    }
    if (leaves.size() == 1) {
      return place(prefix, leaves.getFirst());
    }
    InnerNode.Draft draft = new InnerNode.Draft();
    int from = 0;
    while (from < leaves.size()) {
      int place = Nibbles.at(leaves.get(from).path(), prefix.count());
      int to = from + 1;
      while (to < leaves.size() && Nibbles.at(leaves.get(to).path(), prefix.count()) == place) {
        to++;
      }
      draft.set(place, build(prefix.append(place), leaves.subList(from, to)));
      from = to;
    }
    return place(prefix, draft.build());
  }

  private Stand place(Nibbles prefix, TreeNode node) {
    written.put(new NodeKey(version, prefix), node);
    return new Stand(new Child(version, node.hash(), node instanceof Leaf), node);
  }
}

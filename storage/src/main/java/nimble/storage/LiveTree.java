package nimble.storage;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.state.StateHash;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// One version of the tree as its owner works on it (T8): nodes hang from one another in memory,
/// those that a new version writes and those that were read on the way; the others are read when
/// they are wanted. Versions that stand side by side share all that they have in common. One owner
/// at a time.
public final class LiveTree {
  private final NodeSource source;
  private final TreeRoot root;
  private @Nullable TreeNode top;

  /// @param source of nodes that are not in memory
  public LiveTree(NodeSource source, TreeRoot root) {
    this(source, root, null);
  }

  private LiveTree(NodeSource source, TreeRoot root, @Nullable TreeNode top) {
    this.source = source;
    this.root = root;
    this.top = top;
  }

  public TreeRoot root() {
    return root;
  }

  /// What `writes` (a value, or empty to delete) make of this tree. `version` is the block's
  /// height, above every version that this tree was made of.
  public Change update(long version, SortedMap<Bytes, Optional<Bytes>> writes) {
    Invariant.check(
        root.isEmpty() || version > root.version(),
        "version %d over version %d",
        version,
        root.version());
    SortedMap<Hash, Optional<Bytes>> byPath = new TreeMap<>();
    writes.forEach((key, value) -> {
      Invariant.check(key.size() <= StateHash.KEY_MAX, "state key of %d bytes", key.size());
      int size = value.map(Bytes::size).orElse(0);
      Invariant.check(size <= StateHash.VALUE_MAX, "state value of %d bytes", size);
      byPath.put(StateHash.path(key), value);
    });
    return new TreeUpdate(source, version).run(root, top(), byPath);
  }

  private @Nullable TreeNode top() {
    if (top == null && !root.isEmpty()) {
      top = source.require(new NodeKey(root.version(), Nibbles.NONE));
    }
    return top;
  }

  /// The tree after `change`, which must have come from [#update] of this one.
  public LiveTree after(Change change) {
    TreeRoot next = change.root();
    return next.equals(root)
        ? this
        : new LiveTree(
            source, next, change.written().get(new NodeKey(next.version(), Nibbles.NONE)));
  }

  /// Keeps memory within a bound: when more than `most` nodes are there, those go that nobody has
  /// wanted since the last time that any went. All of this version must be readable from the
  /// source.
  public void bound(int most) {
    if (top instanceof InnerNode inner && inner.inMemory() > most) {
      inner.forget();
    }
  }
}

package nimble.storage;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// What one version does to the tree: its root, the nodes it writes, and the older nodes that it
/// replaced (T3).
public record Change(
    TreeRoot root, SortedMap<NodeKey, TreeNode> written, SortedSet<NodeKey> stale) {
  public Change {
    written = Collections.unmodifiableSortedMap(written);
    stale = Collections.unmodifiableSortedSet(stale);
  }

  /// The nodes below with this change's on top: what the next version is computed from.
  public NodeSource over(NodeSource below) {
    return key -> Optional.ofNullable(written.get(key)).or(() -> below.node(key));
  }
}

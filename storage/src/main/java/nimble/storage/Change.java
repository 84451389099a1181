package nimble.storage;

import java.util.Collections;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// What one version does to the tree: its root, the nodes it writes, and the older nodes that it
/// replaced (T3), in an order that follows from the writes.
public record Change(
    TreeRoot root, SequencedMap<NodeKey, TreeNode> written, SequencedSet<NodeKey> stale) {
  public Change {
    written = Collections.unmodifiableSequencedMap(written);
    stale = Collections.unmodifiableSequencedSet(stale);
  }

  /// The nodes below with this change's on top: what the next version is computed from.
  public NodeSource over(NodeSource below) {
    return key -> Optional.ofNullable(written.get(key)).or(() -> below.node(key));
  }
}

package nimble.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The nodes of the newest version that were used last, over the database: most of what an update
/// reads was written by one of the updates before. A node never changes (T2), so nothing here can
/// be out of date. One owner at a time.
public final class NodeCache implements NodeSource {
  public static final int NODES_MAX = 65_536;

  private final NodeSource below;
  private final SequencedMap<NodeKey, TreeNode> nodes =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeKey, TreeNode> eldest) {
          return size() > NODES_MAX;
        }
      };

  public NodeCache(NodeSource below) {
    this.below = below;
  }

  @Override
  public Optional<TreeNode> node(NodeKey key) {
    TreeNode known = nodes.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<TreeNode> found = below.node(key);
    found.ifPresent(node -> nodes.put(key, node));
    return found;
  }

  /// `change` is final: what it wrote is read next, what it replaced is not.
  public void add(Change change) {
    change.stale().forEach(nodes::remove);
    nodes.putAll(change.written());
  }
}

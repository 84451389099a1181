package nimble.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The nodes of the newest version that were used last, over the database: most of what an update
/// reads was written by one of the updates before. A node never changes (T2), so nothing here can
/// be out of date. Two halves: when the young one is full it becomes the old one, and what of that
/// is used again is young again. So a use writes nothing most of the time, as a list in the order
/// of use would, which a collector would have to follow. One owner at a time.
public final class NodeCache implements NodeSource {
  /// Of each half.
  public static final int NODES_MAX = 65_536;

  private final NodeSource below;
  private Map<NodeKey, TreeNode> young = new LinkedHashMap<>();
  private Map<NodeKey, TreeNode> old = new LinkedHashMap<>();

  public NodeCache(NodeSource below) {
    this.below = below;
  }

  @Override
  public Optional<TreeNode> node(NodeKey key) {
    TreeNode known = young.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    TreeNode again = old.remove(key);
    Optional<TreeNode> found = again != null ? Optional.of(again) : below.node(key);
    found.ifPresent(node -> put(key, node));
    return found;
  }

  /// `change` is final: what it wrote is read next, what it replaced is not.
  public void add(Change change) {
    for (NodeKey key : change.stale()) {
      young.remove(key);
      old.remove(key);
    }
    change.written().forEach(this::put);
  }

  private void put(NodeKey key, TreeNode node) {
    if (young.size() >= NODES_MAX) {
      old = young;
      young = new LinkedHashMap<>();
    }
    young.put(key, node);
  }
}

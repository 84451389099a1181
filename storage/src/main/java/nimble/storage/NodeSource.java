package nimble.storage;

import java.util.Optional;
import nimble.check.Invariant;

/// Where tree nodes are read from: the database, or changes that are not final yet over it (T4).
@FunctionalInterface
public interface NodeSource {
  NodeSource NONE = key -> Optional.empty();

  Optional<TreeNode> node(NodeKey key);

  /// A node that another one names.
  default TreeNode require(NodeKey key) {
    Optional<TreeNode> node = node(key);
    Invariant.check(node.isPresent(), "tree node %s is missing", key);
    return node.orElseThrow();
  }
}

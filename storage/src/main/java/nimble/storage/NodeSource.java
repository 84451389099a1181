package nimble.storage;

import java.util.Optional;

/// Where tree nodes are read from: the database, or changes that are not final yet over it (T4).
@FunctionalInterface
public interface NodeSource {
  NodeSource NONE = key -> Optional.empty();

  Optional<TreeNode> node(NodeKey key);
}

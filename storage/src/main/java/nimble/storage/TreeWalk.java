package nimble.storage;

import java.util.Optional;
import java.util.function.Consumer;
import nimble.storage.TreeNode.Child;
import nimble.storage.TreeNode.Leaf;
import nimble.types.Hash;

/// Looks at every node of one version of the tree.
public final class TreeWalk {
  private final NodeSource nodes;
  private final Consumer<String> problems;
  private long leaves;

  private TreeWalk(NodeSource nodes, Consumer<String> problems) {
    this.nodes = nodes;
    this.problems = problems;
  }

  /// How many leaves there are; says which nodes are missing, unreadable, or not what the node
  /// above names.
  public static long check(NodeSource nodes, TreeRoot root, Consumer<String> problems) {
    TreeWalk walk = new TreeWalk(nodes, problems);
    if (!root.isEmpty()) {
      walk.visit(new NodeKey(root.version(), Nibbles.NONE), root.hash());
    }
    return walk.leaves;
  }

  private void visit(NodeKey key, Hash expected) {
    Optional<TreeNode> node;
    try {
      node = nodes.node(key);
    } catch (StorageFailure e) {
      problems.accept("tree node %s cannot be read: %s".formatted(key, e.getMessage()));
      return;
    }
    if (node.isEmpty() || !node.get().hash().equals(expected)) {
      problems.accept("tree node %s is %s".formatted(key, node.isEmpty() ? "missing" : "false"));
      return;
    }
    switch (node.get()) {
      case Leaf _ -> leaves++;
      case InnerNode inner -> {
        for (int place = 0; place < TreeNode.WIDTH; place++) {
          Child child = inner.child(place);
          if (child != null) {
            visit(new NodeKey(child.version(), key.path().append(place)), child.hash());
          }
        }
      }
    }
  }
}

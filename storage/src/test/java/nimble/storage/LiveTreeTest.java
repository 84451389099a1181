package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

/// T8 over a source that holds final versions only, as bytes.
final class LiveTreeTest {
  private static final int VERSIONS = 25;
  private static final int NOT_FINAL_MAX = 3;

  private final Map<NodeKey, Bytes> stored = new TreeMap<>();
  private long reads;

  private Optional<TreeNode> node(NodeKey key) {
    reads++;
    try {
      Bytes bytes = stored.get(key);
      return bytes == null ? Optional.empty() : Optional.of(Reader.decode(bytes, TreeNode::read));
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private void store(Change change) {
    change.stale().forEach(stored::remove);
    change.written().forEach((key, node) -> stored.put(key, node.encode()));
  }

  /// The versions of `world`, of which the newest are not final; what is forgotten is read again.
  private void grow(SplittableRandom random) {
    stored.clear();
    TreeWorld world = new TreeWorld(random);
    LiveTree tip = new LiveTree(this::node, TreeRoot.EMPTY);
    LiveTree newest = tip;
    Deque<Change> open = new ArrayDeque<>();
    for (int version = 1; version <= VERSIONS; version++) {
      Change change = world.step(newest::update);
      newest = newest.after(change);
      assertEquals(ReferenceState.root(world.newest()), newest.root().hash());
      open.add(change);
      while (open.size() > random.nextInt(1, NOT_FINAL_MAX + 1)) {
        Change last = open.remove();
        store(last);
        tip = tip.after(last);
        tip.bound(random.nextInt(30));
      }
    }
  }

  @Test
  void t8EveryVersionIsWhatItsWritesMakeOfTheOneBefore() {
    Seeds.forEach(200, this::grow);
    assertTrue(reads > 0, "nothing was ever forgotten");
  }

  @Test
  void t8NothingIsReadThatIsInMemory() {
    Seeds.forEach(
        20,
        random -> {
          TreeWorld world = new TreeWorld(random);
          LiveTree tree = new LiveTree(NodeSource.NONE, TreeRoot.EMPTY);
          for (int version = 1; version <= VERSIONS; version++) {
            tree = tree.after(world.step(tree::update));
          }
        });
  }

  @Test
  void t8TwoBranchesOverOneParentDoNotMeet() {
    Seeds.forEach(
        50,
        random -> {
          TreeWorld world = new TreeWorld(random);
          LiveTree empty = new LiveTree(NodeSource.NONE, TreeRoot.EMPTY);
          Change grown = world.step(empty::update);
          LiveTree parent = empty.after(grown);
          SortedMap<Bytes, Optional<Bytes>> left = world.writes();
          SortedMap<Bytes, Optional<Bytes>> right = world.writes();
          Change first = parent.update(world.version(), left);
          Change other = parent.update(world.version(), right);
          assertEquals(first, parent.update(world.version(), left));
          assertEquals(
              other,
              StateTree.update(grown.over(NodeSource.NONE), grown.root(), world.version(), right));
        });
  }
}

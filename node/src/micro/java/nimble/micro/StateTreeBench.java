package nimble.micro;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import nimble.codec.Bytes;
import nimble.storage.Change;
import nimble.storage.LiveTree;
import nimble.storage.NodeKey;
import nimble.storage.TreeNode;
import nimble.storage.TreeRoot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A block's writes of two thousand accounts to a tree of a hundred thousand, as nodes hold it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StateTreeBench {
  private static final int ACCOUNTS = 100_000;
  private static final int WRITES = 2_000;

  private final Map<NodeKey, TreeNode> nodes = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private LiveTree tree = new LiveTree(key -> Optional.ofNullable(nodes.get(key)), TreeRoot.EMPTY);
  private long version;

  public StateTreeBench() {
    SortedMap<Bytes, Optional<Bytes>> all = new TreeMap<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      all.put(Bytes.ofU64(i), Optional.of(value()));
    }
    update(all);
  }

  @Benchmark
  public TreeRoot update() {
    SortedMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    for (int i = 0; i < WRITES; i++) {
      writes.put(Bytes.ofU64(random.nextInt(ACCOUNTS)), Optional.of(value()));
    }
    return update(writes);
  }

  private TreeRoot update(SortedMap<Bytes, Optional<Bytes>> writes) {
    Change change = tree.update(++version, writes);
    change.stale().forEach(nodes::remove);
    nodes.putAll(change.written());
    tree = tree.after(change);
    return tree.root();
  }

  private Bytes value() {
    byte[] value = new byte[64];
    random.nextBytes(value);
    return Bytes.wrap(value);
  }
}

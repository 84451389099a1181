package nimble.node.crash;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import nimble.api.v1.BlockView;

/// A client of all nodes that forgets nothing it was shown (K3). Thread-safe.
final class Witness {
  /// A final block as it was shown.
  private record Shown(String digest, String stateRoot) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Map<Long, Shown> chain = new TreeMap<>();
  private final long[] heights;
  private long transactions;
  private Optional<Broken> broken = Optional.empty();

  Witness(int nodes) {
    this.heights = new long[nodes];
  }

  /// Node `node` showed `block` as final.
  void shown(int node, BlockView block) {
    change(() -> {
      Shown now = new Shown(block.getDigest(), block.getStateRoot());
      Shown before = chain.putIfAbsent(block.getHeight(), now);
      if (before == null) {
        transactions += block.getTransactionsCount();
      } else if (!before.equals(now)) {
        broke(
            Broken.of(
                "node %d shows %s at height %d, where %s was final",
                node, now, block.getHeight(), before));
      }
      heights[node] = Math.max(heights[node], block.getHeight());
    });
  }

  void broke(Broken failure) {
    change(() -> broken = broken.or(() -> Optional.of(failure)));
  }

  /// The highest block that anybody has shown.
  long height() {
    return read(() -> Arrays.stream(heights).max().orElse(0));
  }

  /// The highest block that `node` has shown.
  long height(int node) {
    return read(() -> heights[node]);
  }

  long transactions() {
    return read(() -> transactions);
  }

  void check() throws Broken {
    Optional<Broken> failure = read(() -> broken);
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /// Looks now and whenever a block is shown. False when the time is up.
  boolean await(long millis, BooleanSupplier condition) throws Broken, InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        check();
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable action) {
    lock.lock();
    try {
      action.run();
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private <T> T read(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}

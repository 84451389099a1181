package nimble.node.devnet;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import nimble.chain.Block;
import nimble.node.chain.ChainListener;

/// Lets threads outside of a node wait until its chain shows something.
public final class ChainWatch implements ChainListener {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();

  @Override
  public void finalized(Block block) {
    lock.lock();
    try {
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Checks now and after each finalized block. False when the time is up.
  public boolean await(long millis, BooleanSupplier condition) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
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
}

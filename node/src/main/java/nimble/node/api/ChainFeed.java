package nimble.node.api;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nimble.chain.Block;
import nimble.node.chain.ChainListener;

/// Tells whoever waits that the chain has grown (A3). It keeps one number, so that nothing of it
/// can be full; the replica's thread only takes a lock that nobody holds for long.
public final class ChainFeed implements ChainListener {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private long height = -1;
  private boolean closed;

  @Override
  public void finalized(Block block) {
    lock.lock();
    try {
      height = Math.max(height, block.header().height().value());
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until a block above `seen` is final, at most `millis`; false when none is.
  boolean awaitAbove(long seen, long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (height <= seen && !closed && left > 0) {
        left = grown.awaitNanos(left);
      }
      return height > seen;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Nobody waits any more.
  void close() {
    lock.lock();
    try {
      closed = true;
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

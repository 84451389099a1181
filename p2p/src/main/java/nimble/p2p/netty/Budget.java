package nimble.p2p.netty;

import java.util.concurrent.atomic.AtomicLong;

/// What may wait for all peers together of what strangers can ask for (rule P7). Thread-safe.
final class Budget {
  static final long BYTES_MAX = 256 << 20;

  private final long max;
  private final AtomicLong taken = new AtomicLong();

  Budget(long max) {
    this.max = max;
  }

  /// How much more may be taken by who holds `held`, as things are now.
  long room(long held, boolean reserved) {
    return reserved ? Long.MAX_VALUE : Math.max(0, max - taken.get() - held);
  }

  /// Nobody holds more than is left for all others: so something is left, however many ask.
  ///
  /// @param held by who asks, already
  /// @param reserved whether it goes first, whatever others hold
  boolean take(long held, long size, boolean reserved) {
    long before;
    do {
      before = taken.get();
      if (!reserved && held + size > max - before) {
        return false;
      }
    } while (!taken.compareAndSet(before, before + size));
    return true;
  }

  void giveBack(long size) {
    taken.addAndGet(-size);
  }
}

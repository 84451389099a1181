package nimble.node.loop;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The machine's clock, but never back: set back, it goes on at half its pace until the machine's
/// has caught up. So deadlines still come, and what is said of the time is off for no longer than
/// it must be (O3). Any thread.
final class SteadyClock {
  static final SteadyClock SYSTEM = new SteadyClock(System::currentTimeMillis, System::nanoTime);

  private final LongSupplier machineMillis;
  private final LongSupplier nanos;

  /// When both were last together, and which time that was.
  private long togetherNanos;

  private long togetherMillis;

  /// @param nanos of a clock that nobody sets
  SteadyClock(LongSupplier machineMillis, LongSupplier nanos) {
    this.machineMillis = machineMillis;
    this.nanos = nanos;
    this.togetherNanos = nanos.getAsLong();
    this.togetherMillis = machineMillis.getAsLong();
  }

  synchronized long millis() {
    long since = nanos.getAsLong() - togetherNanos;
    long steady = togetherMillis + TimeUnit.NANOSECONDS.toMillis(since) / 2;
    long machine = machineMillis.getAsLong();
    if (machine >= steady) {
      togetherNanos += since;
      togetherMillis = machine;
    }
    return Math.max(machine, steady);
  }
}

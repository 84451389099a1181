package nimble.vm.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// Adds up time on the clock and on the processor of the calling thread; the latter says something
/// on a busy machine too.
final class Stopwatch {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private long wallNanos;
  private long cpuNanos;
  private long wallStart;
  private long cpuStart;

  void start() {
    wallStart = System.nanoTime();
    cpuStart = THREADS.getCurrentThreadCpuTime();
  }

  void stop() {
    cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuStart;
    wallNanos += System.nanoTime() - wallStart;
  }

  double wallSeconds() {
    return wallNanos / 1e9;
  }

  double cpuSeconds() {
    return cpuNanos / 1e9;
  }
}

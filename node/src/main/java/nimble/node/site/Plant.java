package nimble.node.site;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import nimble.node.loop.Timers;
import nimble.node.work.Compute;
import nimble.p2p.netty.NetworkThreads;
import nimble.storage.rocks.RocksMemory;
import nimble.training.role.Outcome;
import nimble.vm.Machine;
import nimble.vm.djl.NativeHeap;

/// What all nodes of one process share: network threads, timers, the compute pool, the tensor
/// machine and the databases' memory.
public final class Plant implements AutoCloseable {
  private static final long CACHE_BYTES = 128L << 20;
  private static final long WRITE_BUFFER_BYTES = 32L << 20;
  private static final long DRAIN_SECONDS = 30;
  private static final int CHECKERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);

  private final NetworkThreads network;
  private final ScheduledExecutorService timers;
  private final ExecutorService compute;
  private final ExecutorService checkers;
  private final RocksMemory memory;
  private final Machine machine;
  private final CountDownLatch failed = new CountDownLatch(1);

  /// @param threads of the compute pool: as many as the machine has cores for work
  public Plant(int threads, Machine machine) {
    this.network = new NetworkThreads(Math.min(2, threads));
    this.timers =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("timers").daemon().factory());
    // Never virtual threads: native work pins its carrier.
    this.compute =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("compute-", 0).daemon().factory());
    this.checkers =
        Executors.newFixedThreadPool(
            CHECKERS, Thread.ofPlatform().name("check-", 0).daemon().factory());
    NativeHeap.prepareForDatabases();
    this.memory = new RocksMemory(CACHE_BYTES, WRITE_BUFFER_BYTES);
    this.machine = machine;
  }

  NetworkThreads network() {
    return network;
  }

  RocksMemory memory() {
    return memory;
  }

  Machine machine() {
    return machine;
  }

  Timers timers() {
    return (millis, action) -> {
      try {
        timers.schedule(action, millis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        // The plant is closing: nobody waits any more.
      }
    };
  }

  Compute compute() {
    return (task, done) ->
        compute.execute(() -> {
          Outcome outcome;
          try {
            outcome = task.run();
          } catch (RuntimeException | Error e) {
            done.accept(null, e);
            return;
          }
          done.accept(outcome, null);
        });
  }

  Executor checkers() {
    return task -> {
      try {
        checkers.execute(task);
      } catch (RejectedExecutionException e) {
        // The plant is closing: nobody waits any more.
      }
    };
  }

  /// Opens when a node of this plant broke.
  public CountDownLatch failed() {
    return failed;
  }

  /// After the last node: tasks end first, for freeing what they compute on would crash the
  /// process.
  @Override
  public void close() throws InterruptedException {
    close(DRAIN_SECONDS);
  }

  /// The same for a process that ends: tasks that take longer end with it.
  public void close(long drainSeconds) throws InterruptedException {
    timers.shutdownNow();
    checkers.shutdown();
    compute.shutdown();
    boolean drained = compute.awaitTermination(drainSeconds, TimeUnit.SECONDS);
    network.close();
    if (drained) {
      machine.close();
      memory.close();
    }
  }
}

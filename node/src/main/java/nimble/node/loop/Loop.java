package nimble.node.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import nimble.check.Invariant;

/// Gives an owner a thread and a clock.
public final class Loop<I> implements Inbox<I> {
  /// From outside, in one inbox. A message that is larger waits until nothing else does.
  public static final long BYTES_MAX = 32 << 20;

  private static final long STOP_MILLIS_MAX = 3_000;

  /// @param value empty ends the loop: a stop is an input like any other (O4)
  private record Put<I>(Optional<I> value, long bytes) {}

  private final LinkedBlockingQueue<Put<I>> inbox = new LinkedBlockingQueue<>();
  private final AtomicLong heldBytes = new AtomicLong();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final String name;
  private final int inboxMax;
  private final BiConsumer<String, Throwable> onFailure;
  private volatile boolean started;

  /// @param onFailure told the name and the cause when the owner breaks (O5)
  public Loop(String name, int inboxMax, BiConsumer<String, Throwable> onFailure) {
    this.name = name;
    this.inboxMax = inboxMax;
    this.onFailure = onFailure;
  }

  @Override
  public boolean offer(I input, long bytes) {
    long held = heldBytes.get();
    if (inbox.size() >= inboxMax || (bytes > 0 && held > 0 && held + bytes > BYTES_MAX)) {
      return false;
    }
    heldBytes.addAndGet(bytes);
    return inbox.offer(new Put<>(Optional.of(input), bytes));
  }

  @Override
  public void must(I input) {
    inbox.add(new Put<>(Optional.of(input), 0));
  }

  @Override
  public void start(Owner<I> owner) {
    Invariant.check(!started, "%s is started already", name);
    started = true;
    // A platform thread: owners call into the database and the vote log, which would pin a carrier.
    Thread.ofPlatform().name(name).daemon().start(() -> run(owner));
  }

  private void run(Owner<I> owner) {
    try {
      List<Put<I>> drained = new ArrayList<>();
      boolean stop = false;
      while (!stop) {
        drained.clear();
        drained.add(inbox.take());
        inbox.drainTo(drained, Owner.TURN_MAX - 1);
        stop = drained.stream().anyMatch(put -> put.value().isEmpty());
        turn(owner, drained);
      }
      owner.stopping();
      finish(owner);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable broken) {
      onFailure.accept(name, broken);
    } finally {
      end(owner);
    }
  }

  /// O5: whoever waits for the end gets it, of an owner too that breaks at the very last.
  private void end(Owner<I> owner) {
    try {
      owner.stopped();
    } catch (Throwable broken) {
      onFailure.accept(name, broken);
    } finally {
      ended.countDown();
    }
  }

  private void turn(Owner<I> owner, List<Put<I>> drained) {
    List<I> inputs = drained.stream().map(Put::value).flatMap(Optional::stream).toList();
    if (!inputs.isEmpty()) {
      owner.turn(SteadyClock.SYSTEM.millis(), inputs);
    }
    heldBytes.addAndGet(-drained.stream().mapToLong(Put::bytes).sum());
  }

  /// O4.
  private void finish(Owner<I> owner) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS_MAX);
    for (long left = STOP_MILLIS_MAX; !owner.isIdle() && left > 0; ) {
      Put<I> put = inbox.poll(left, TimeUnit.MILLISECONDS);
      if (put != null) {
        turn(owner, List.of(put));
      }
      left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
    }
  }

  @Override
  public void stop() {
    if (started) {
      inbox.add(new Put<>(Optional.empty(), 0));
      try {
        ended.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package nimble.node.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import nimble.check.Invariant;

/// Gives an owner a thread and a clock.
public final class Loop<I> implements Inbox<I> {
  private static final long STOP_MILLIS_MAX = 3_000;

  private final LinkedBlockingQueue<Optional<I>> inbox = new LinkedBlockingQueue<>();
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
  public boolean offer(I input) {
    return inbox.size() < inboxMax && inbox.offer(Optional.of(input));
  }

  @Override
  public void must(I input) {
    inbox.add(Optional.of(input));
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
      List<Optional<I>> drained = new ArrayList<>();
      boolean stop = false;
      while (!stop) {
        drained.clear();
        drained.add(inbox.take());
        inbox.drainTo(drained, Owner.TURN_MAX - 1);
        stop = drained.stream().anyMatch(Optional::isEmpty);
        List<I> inputs = drained.stream().flatMap(Optional::stream).toList();
        if (!inputs.isEmpty()) {
          owner.turn(System.currentTimeMillis(), inputs);
        }
      }
      owner.stopping();
      finish(owner);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable broken) {
      onFailure.accept(name, broken);
    } finally {
      owner.stopped();
      ended.countDown();
    }
  }

  /// O4.
  private void finish(Owner<I> owner) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS_MAX);
    for (long left = STOP_MILLIS_MAX; !owner.isIdle() && left > 0; ) {
      Optional<I> input = inbox.poll(left, TimeUnit.MILLISECONDS);
      if (input != null && input.isPresent()) {
        owner.turn(System.currentTimeMillis(), List.of(input.get()));
      }
      left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
    }
  }

  @Override
  public void stop() {
    if (started) {
      // Empty ends the loop: a stop is an input like any other (O4).
      inbox.add(Optional.empty());
      try {
        ended.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

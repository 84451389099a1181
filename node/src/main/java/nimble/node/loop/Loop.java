package nimble.node.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/// Gives an owner a thread and a clock.
public final class Loop<I> implements Mailbox<I>, AutoCloseable {
  private sealed interface Entry<I> {
    record Input<I>(I input) implements Entry<I> {}

    record Stop<I>() implements Entry<I> {}
  }

  private final BlockingQueue<Entry<I>> inbox;
  private final Owner<I> owner;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final BiConsumer<String, Throwable> onFailure;

  /// @param onFailure told the name and the cause when the owner breaks (O5)
  public Loop(
      String name, int inboxMax, Owner<I> owner, BiConsumer<String, Throwable> onFailure) {
    this.inbox = new ArrayBlockingQueue<>(inboxMax);
    this.owner = owner;
    this.onFailure = onFailure;
    // A platform thread: owners call into the database and the vote log, which would pin a carrier.
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  public Loop<I> start() {
    thread.start();
    return this;
  }

  @Override
  public boolean offer(I input) {
    return inbox.offer(new Entry.Input<>(input));
  }

  private void run() {
    List<Entry<I>> drained = new ArrayList<>();
    try {
      boolean stop = false;
      while (!stop) {
        drained.clear();
        drained.add(inbox.take());
        inbox.drainTo(drained, Owner.TURN_MAX - 1);
        List<I> inputs = new ArrayList<>(drained.size());
        for (Entry<I> entry : drained) {
          switch (entry) {
            case Entry.Input<I>(I input) -> inputs.add(input);
            case Entry.Stop<I>() -> stop = true;
          }
        }
        if (!inputs.isEmpty()) {
          owner.turn(System.currentTimeMillis(), inputs);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable broken) {
      onFailure.accept(thread.getName(), broken);
    } finally {
      owner.stopped();
      ended.countDown();
    }
  }

  /// Lets the owner handle what was put in before, then ends its thread (O4).
  @Override
  public void close() throws InterruptedException {
    if (thread.isAlive() && Thread.currentThread() != thread) {
      inbox.put(new Entry.Stop<>());
      ended.await();
    }
  }
}

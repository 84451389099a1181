package nimble.node.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import nimble.codec.Bytes;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;

/// Hands transfers to all validators in turn, as fast as they become final or at a pace.
final class Load implements AutoCloseable {
  /// Handed in and not final yet, at most: what keeps blocks full without filling the mempool.
  private static final int OPEN_MAX = 4_000;

  private static final int BATCH = 200;
  private static final long POLL_MILLIS = 20;
  private static final long EMPTY_MILLIS = 2;

  private final Validators validators;
  private final Deque<Bytes> waiting;
  private final double perSecond;
  private final long before;
  private final long startNanos = System.nanoTime();
  private final AtomicLong handedIn = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile long allowed;
  private volatile boolean stopped;
  private volatile String reason = "";

  /// @param waiting signed transfers, each sender's in the order of their nonces; what was handed
  ///   in is taken out
  /// @param perSecond 0 for as many as become final
  Load(Validators validators, Deque<Bytes> waiting, double perSecond) throws IOException, Mistake {
    this.validators = validators;
    this.waiting = waiting;
    this.perSecond = perSecond;
    this.before = validators.transfers();
  }

  void start() {
    threads.add(Thread.ofPlatform().daemon().name("pace").start(this::pace));
    validators
        .clients()
        .forEach(client ->
            threads.add(Thread.ofPlatform().daemon().name("send").start(() -> send(client))));
  }

  /// How many may be handed in by now.
  private void pace() {
    try {
      while (!stopped) {
        long open = validators.transfers() - before + OPEN_MAX;
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        allowed = perSecond == 0 ? open : Math.min(open, (long) (seconds * perSecond));
        Thread.sleep(POLL_MILLIS);
      }
    } catch (IOException | Mistake | InterruptedException e) {
      fail(e);
    }
  }

  private void send(NodeClient client) {
    try {
      while (!stopped) {
        List<Bytes> batch = take();
        if (batch.isEmpty()) {
          Thread.sleep(EMPTY_MILLIS);
          continue;
        }
        List<String> reasons = client.submitBatch(batch);
        for (String words : reasons) {
          if (!words.isEmpty()) {
            refused.incrementAndGet();
            reason = words;
          }
        }
      }
    } catch (ClientFailure | InterruptedException e) {
      fail(e);
    }
  }

  private synchronized List<Bytes> take() {
    long room = Math.min(BATCH, allowed - handedIn.get());
    List<Bytes> batch = new ArrayList<>();
    while (batch.size() < room && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    handedIn.addAndGet(batch.size());
    return batch;
  }

  private void fail(Exception cause) {
    if (!stopped) {
      stopped = true;
      reason = cause.toString();
      System.err.println("load: " + cause);
    }
  }

  boolean isOut() {
    return stopped || waiting.isEmpty();
  }

  long refused() {
    return refused.get();
  }

  String reason() {
    return reason;
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}

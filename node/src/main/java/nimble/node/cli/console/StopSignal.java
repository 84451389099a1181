package nimble.node.cli.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// The process being told to stop. The main thread then ends what it runs, in order, and returns:
/// the process waits for it, and ends by itself.
public final class StopSignal {
  private static final long ORDERLY_MILLIS = 10_000;
  private static final AtomicBoolean RECEIVED = new AtomicBoolean();

  private StopSignal() {}

  /// Whether the process ends already; `System.exit` would wait for itself.
  public static boolean received() {
    return RECEIVED.get();
  }

  /// Runs `stop` when the signal comes, then waits for this thread to end.
  public static void onReceived(Runnable stop) {
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              RECEIVED.set(true);
              stop.run();
              try {
                main.join(ORDERLY_MILLIS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  /// Waits for the signal; whoever returns then ends what it runs.
  public static void await() throws InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    onReceived(stop::countDown);
    stop.await();
  }
}

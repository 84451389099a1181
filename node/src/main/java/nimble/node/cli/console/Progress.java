package nimble.node.cli.console;

import java.io.PrintWriter;

/// A line that says how far something is, once it has taken more than a second.
public final class Progress implements AutoCloseable {
  private static final long SHOW_NANOS = 1_000_000_000;
  private static final long REPEAT_NANOS = 200_000_000;
  private static final int WIDTH = 30;

  private final PrintWriter to;
  private final String what;
  private final long total;
  private final boolean watched;
  private long next = System.nanoTime() + SHOW_NANOS;
  private boolean shown;

  Progress(PrintWriter to, String what, long total, boolean watched) {
    this.to = to;
    this.what = what;
    this.total = total;
    this.watched = watched;
  }

  /// @param done of the total, in the same unit; bytes where no total is known
  public void at(long done) {
    if (!watched || System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + REPEAT_NANOS;
    shown = true;
    if (total <= 0) {
      to.print("\r%s %d MiB".formatted(what, done >> 20));
      to.flush();
      return;
    }
    int filled = (int) (Math.clamp(done, 0, total) * WIDTH / total);
    to.print(
        "\r%s [%s%s] %d %%"
            .formatted(what, "#".repeat(filled), " ".repeat(WIDTH - filled), 100 * done / total));
    to.flush();
  }

  @Override
  public void close() {
    if (shown) {
      to.print("\r" + " ".repeat(what.length() + WIDTH + 12) + "\r");
      to.flush();
    }
  }
}

package nimble.node.devnet;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import nimble.node.chain.Reporter;

/// A log: one line per event.
public final class LogFile implements Reporter, AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final PrintWriter out;
  private final Level least;
  private final LogFormat format;

  public LogFile(Path file, Level least) throws IOException {
    this(file, least, LogFormat.TEXT);
  }

  public LogFile(Path file, Level least, LogFormat format) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    this.out =
        new PrintWriter(
            Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            true);
    this.least = least;
    this.format = format;
  }

  @Override
  public void report(Level level, String event, Object... pairs) {
    if (level.compareTo(least) < 0) {
      return;
    }
    String line = format.line(Instant.now(), level, event, pairs);
    lock.lock();
    try {
      out.println(line);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    out.close();
  }
}

package nimble.node.devnet;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import nimble.node.chain.Reporter;

/// The log of a local network: one line per event, `key=value` pairs, all nodes together.
public final class LogFile implements Reporter, AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final PrintWriter out;
  private final Level least;

  public LogFile(Path file, Level least) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    this.out =
        new PrintWriter(
            Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            true);
    this.least = least;
  }

  @Override
  public void report(Level level, String event, Object... pairs) {
    if (level.compareTo(least) < 0) {
      return;
    }
    StringBuilder line = new StringBuilder();
    line.append(Instant.now()).append(' ').append(level).append(' ').append(event);
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      String value = String.valueOf(pairs[i + 1]).replace("\n", "\\n");
      boolean quote = value.indexOf(' ') >= 0;
      line.append(' ').append(pairs[i]).append('=');
      line.append(quote ? "\"" + value.replace("\"", "'") + "\"" : value);
    }
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

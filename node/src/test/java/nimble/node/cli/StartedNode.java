package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;

/// A command that runs a node until its input ends, on a thread of its own.
final class StartedNode implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final PipedOutputStream input = new PipedOutputStream();
  private final StringWriter err = new StringWriter();
  private final CompletableFuture<String> firstLine = new CompletableFuture<>();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();

  /// @param home where the wallets are
  static StartedNode of(Cli home, boolean miner, String... arguments) throws Exception {
    StartedNode node = new StartedNode();
    Cli cli = home.reading(new PipedInputStream(node.input));
    Root root = miner ? new NbcliMain(cli.surroundings()) : new NimbleMain(cli.surroundings());
    Thread.ofPlatform().daemon().name("node").start(() -> node.run(root, arguments));
    return node;
  }

  private void run(Root root, String... arguments) {
    int ended =
        CommandRun.of(
            root, new PrintWriter(new FirstLine(), true), new PrintWriter(err, true), arguments);
    code.complete(ended);
    firstLine.completeExceptionally(new IllegalStateException("ended: " + err));
  }

  /// What it says of itself once it runs.
  JsonNode json() throws Exception {
    return new ObjectMapper().readTree(firstLine.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  String err() {
    return err.toString();
  }

  @Override
  public void close() throws Exception {
    input.close();
    assertEquals(ExitCode.DONE, code.get(PATIENCE_SECONDS, TimeUnit.SECONDS), err::toString);
    assertTrue(firstLine.isDone());
  }

  private final class FirstLine extends Writer {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(char[] characters, int start, int length) {
      text.append(characters, start, length);
      int end = text.indexOf("\n");
      if (end >= 0) {
        firstLine.complete(text.substring(0, end));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

package nimble.node.cli.console;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private static final long SHOWN_AFTER_MILLIS = 1_050;

  @Test
  void whereNoTotalIsKnownBytesAreShownAndNoShareOfThem() throws Exception {
    StringWriter shown = new StringWriter();
    try (Progress progress = new Progress(new PrintWriter(shown), "stage 0", 0, true)) {
      Thread.sleep(SHOWN_AFTER_MILLIS);
      progress.at(7L << 20);
    }
    assertTrue(shown.toString().startsWith("\rstage 0 7 MiB\r"), shown::toString);
  }
}

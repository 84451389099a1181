package nimble.node.wide;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs a system command to its end.
final class Commands {
  private Commands() {}

  static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          "`%s` ended with %d: %s".formatted(String.join(" ", List.of(command)), code, said));
    }
  }
}

package nimble.node.devnet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import nimble.node.files.Mistake;

/// What the demo trains on: a file of the user's, or this project's own sources and documents.
public final class DemoText {
  static final int BYTES_MAX = 2_000_000;

  private DemoText() {}

  static byte[] of(Path file) throws Mistake, IOException {
    if (!Files.isRegularFile(file)) {
      throw Mistake.of("--text: %s is not a file", file);
    }
    byte[] text = Files.readAllBytes(file);
    if (text.length < 10_000) {
      throw Mistake.of(
          "--text: %s has %d bytes; the demo needs at least 10000 to train and to validate on",
          file, text.length);
    }
    return text;
  }

  /// Tracked `*.java` and `*.md`, by path, the first [#BYTES_MAX] bytes.
  public static byte[] ofSources(Path root) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (Path file : sources(root)) {
      if (text.size() >= BYTES_MAX) {
        break;
      }
      byte[] bytes = Files.readAllBytes(file);
      text.write(bytes, 0, Math.min(bytes.length, BYTES_MAX - text.size()));
    }
    return text.toByteArray();
  }

  private static List<Path> sources(Path root) throws IOException {
    Process git =
        new ProcessBuilder("git", "ls-files", "-z", "*.java", "*.md")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    byte[] listed = git.getInputStream().readAllBytes();
    if (listed.length > 0) {
      return Stream.of(new String(listed, StandardCharsets.UTF_8).split("\0"))
          .sorted()
          .map(root::resolve)
          .filter(Files::isRegularFile)
          .toList();
    }
    // Not a checkout: a source archive has the same files.
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(java|md)"))
          .filter(file -> !root.relativize(file).toString().matches("(.*/)?target/.*"))
          .sorted()
          .toList();
    }
  }
}

package nimble.node.site;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/// The mark that a node leaves in its data directory when it stops in order, and takes away when it
/// starts.
public final class StopMark {
  /// How the last process ended.
  public enum Last {
    /// There was none.
    NONE,
    CLEAN,
    UNCLEAN
  }

  private static final String NAME = "CLEAN";

  private StopMark() {}

  /// Durable on return, so that the mark never speaks for a later process than the one that left
  /// it.
  static Last take(Path directory) throws IOException {
    if (Files.deleteIfExists(directory.resolve(NAME))) {
      try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
        folder.force(true);
      }
      return Last.CLEAN;
    }
    return Files.exists(directory.resolve("db").resolve("CURRENT")) ? Last.UNCLEAN : Last.NONE;
  }

  /// After everything is closed.
  static void leave(Path directory) throws IOException {
    Files.writeString(directory.resolve(NAME), "stopped in order at %s\n".formatted(Instant.now()));
  }
}

package nimble.node.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// How much room a data directory takes, and what is left around it.
public record DiskUse(Path directory) {
  /// Of what the chain grows: its database and the vote log.
  public long chainBytes() {
    return databaseBytes() + votesBytes();
  }

  long databaseBytes() {
    return bytes(directory.resolve("db"));
  }

  long votesBytes() {
    return bytes(directory.resolve("votes"));
  }

  long freeBytes() {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  /// Files come and go while they are counted.
  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(DiskUse::size).sum();
    } catch (IOException e) {
      return 0;
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}

package nimble.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import nimble.storage.StorageFailure;

/// The few steps that durable files are made of. Every failure names its path.
final class Disk {
  /// What blobs and evidence leave free, so that the chain's own writes find room.
  static final long RESERVE_BYTES = 128L << 20;

  interface Action<T> {
    T run() throws IOException;
  }

  private Disk() {}

  static <T> T attempt(String verb, Path path, Action<T> action) {
    try {
      return action.run();
    } catch (IOException e) {
      throw new StorageFailure("cannot %s %s: %s".formatted(verb, path, e), e);
    }
  }

  /// Creates a directory and its parents, and makes their names durable.
  static void createDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectory(parent);
      Files.createDirectories(directory);
      syncDirectory(parent);
    }
  }

  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// A new file with durable contents; its name is durable after its directory is synced.
  static void create(Path file, ByteBuffer contents) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeFully(channel, 0, contents);
      channel.force(true);
    }
  }

  static void writeFully(FileChannel channel, long offset, ByteBuffer data) throws IOException {
    long at = offset;
    while (data.hasRemaining()) {
      at += channel.write(data, at);
    }
  }

  /// False at the end of the file.
  static boolean readFully(FileChannel channel, long from, ByteBuffer into) throws IOException {
    int read = 0;
    while (into.hasRemaining() && read >= 0) {
      read = channel.read(into, from + into.position());
    }
    return !into.hasRemaining();
  }
}

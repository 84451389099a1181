package nimble.storage.file;

import static nimble.storage.file.Disk.attempt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.storage.SegmentDirectory;
import org.jspecify.annotations.Nullable;

/// Segments as files. Never interrupt the thread that uses it: that would close the file under it.
final class FileSegmentDirectory implements SegmentDirectory {
  private static final int ZEROS_BYTES = 1 << 20;

  private final Path directory;
  private final Map<String, FileChannel> open = new TreeMap<>();

  FileSegmentDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<String> names() {
    return attempt(
        "list",
        directory,
        () -> {
          if (!Files.isDirectory(directory)) {
            return List.of();
          }
          try (var files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
          }
        });
  }

  @Override
  public void create(String name, int bytes) {
    attempt(
        "create",
        path(name),
        () -> {
          Disk.createDirectory(directory);
          Disk.create(path(name), ByteBuffer.allocate(0));
          FileChannel channel = channel(name);
          ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(bytes, ZEROS_BYTES));
          for (int at = 0; at < bytes; at += zeros.capacity()) {
            Disk.writeFully(
                channel, at, zeros.clear().limit(Math.min(zeros.capacity(), bytes - at)));
          }
          channel.force(true);
          return channel;
        });
  }

  @Override
  public Bytes read(String name) {
    return attempt("read", path(name), () -> Bytes.wrap(Files.readAllBytes(path(name))));
  }

  @Override
  public void write(String name, int offset, Bytes data) {
    attempt(
        "write",
        path(name),
        () -> {
          Disk.writeFully(channel(name), offset, data.asBuffer());
          return true;
        });
  }

  @Override
  public void sync(String name) {
    attempt(
        "sync",
        path(name),
        () -> {
          channel(name).force(false);
          return true;
        });
  }

  @Override
  public void rename(String from, String to) {
    attempt(
        "rename",
        path(from),
        () -> {
          Files.move(path(from), path(to));
          FileChannel channel = open.remove(from);
          if (channel != null) {
            open.put(to, channel);
          }
          return true;
        });
  }

  @Override
  public void delete(String name) {
    attempt(
        "delete",
        path(name),
        () -> {
          closeChannel(open.remove(name));
          Files.delete(path(name));
          return true;
        });
  }

  @Override
  public void syncNames() {
    attempt(
        "sync",
        directory,
        () -> {
          Disk.syncDirectory(directory);
          return true;
        });
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private FileChannel channel(String name) throws IOException {
    @Nullable FileChannel known = open.get(name);
    if (known != null) {
      return known;
    }
    FileChannel channel = FileChannel.open(path(name), StandardOpenOption.WRITE);
    open.put(name, channel);
    return channel;
  }

  private static void closeChannel(@Nullable FileChannel channel) throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void close() {
    attempt(
        "close",
        directory,
        () -> {
          for (FileChannel channel : open.values()) {
            closeChannel(channel);
          }
          open.clear();
          return true;
        });
  }
}

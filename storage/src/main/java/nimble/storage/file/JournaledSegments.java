package nimble.storage.file;

import static nimble.storage.file.Disk.attempt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import nimble.codec.Bytes;
import nimble.storage.SegmentDirectory;

/// Segments that note what would be undone if the power went now: before a write what stood there,
/// until the file is synced; a new name, until the names are. [PowerLoss] reads the notes.
///
/// A process that is killed leaves the notes to the operating system, which keeps them.
final class JournaledSegments implements SegmentDirectory {
  static final String WRITES = ".undo";
  static final String NAMES = "names.undo";
  static final int HEAD_BYTES = Integer.BYTES;

  private final SegmentDirectory inner;
  private final Path directory;
  private final Path notes;

  JournaledSegments(Path directory, Path notes) {
    this.inner = new FileSegmentDirectory(directory);
    this.directory = directory;
    this.notes = notes;
  }

  @Override
  public List<String> names() {
    return inner.names();
  }

  @Override
  public void create(String name, int bytes) {
    inner.create(name, bytes);
  }

  @Override
  public Bytes read(String name) {
    return inner.read(name);
  }

  @Override
  public void write(String name, int offset, Bytes data) {
    note(notes.resolve(name + WRITES), offset, standing(name, offset, data.size()));
    inner.write(name, offset, data);
  }

  private Bytes standing(String name, int offset, int size) {
    Path file = directory.resolve(name);
    return attempt(
        "read",
        file,
        () -> {
          ByteBuffer before = ByteBuffer.allocate(size);
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (before.hasRemaining()
                && channel.read(before, offset + (long) before.position()) >= 0) {}
          }
          return Bytes.copyOf(before.flip());
        });
  }

  @Override
  public void sync(String name) {
    inner.sync(name);
    drop(notes.resolve(name + WRITES));
  }

  @Override
  public void rename(String from, String to) {
    note(notes.resolve(NAMES), 0, Bytes.utf8(from + "\n" + to));
    inner.rename(from, to);
    Path writes = notes.resolve(from + WRITES);
    if (Files.exists(writes)) {
      attempt("rename", writes, () -> Files.move(writes, notes.resolve(to + WRITES)));
    }
  }

  /// What is deleted stays deleted: a disk might bring it back, which this twin does not.
  @Override
  public void delete(String name) {
    inner.delete(name);
    drop(notes.resolve(name + WRITES));
  }

  @Override
  public void syncNames() {
    inner.syncNames();
    drop(notes.resolve(NAMES));
  }

  @Override
  public void close() {
    inner.close();
  }

  /// One note a file: the log syncs each write before the next. A second one covers the first.
  private static void note(Path file, int offset, Bytes before) {
    attempt(
        "write",
        file,
        () -> {
          Path unfinished = file.resolveSibling(file.getFileName() + ".new");
          try (FileChannel channel =
              FileChannel.open(
                  unfinished,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE)) {
            ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).putInt(offset).flip();
            Disk.writeFully(channel, 0, head);
            Disk.writeFully(channel, HEAD_BYTES, before.asBuffer());
          }
          return Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        });
  }

  private static void drop(Path file) {
    attempt("delete", file, () -> Files.deleteIfExists(file));
  }

  /// What a note says: where, and what stood there.
  record Note(int offset, Bytes before) {
    static Note read(Path file) throws IOException {
      Bytes contents = Bytes.wrap(Files.readAllBytes(file));
      return new Note(
          contents.slice(0, HEAD_BYTES).asBuffer().getInt(),
          contents.slice(HEAD_BYTES, contents.size()));
    }
  }
}

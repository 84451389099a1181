package nimble.storage.file;

import static nimble.storage.file.Disk.attempt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.ForwardingDatabase;

/// A database that notes after each commit how long its write-ahead log was then: what is behind
/// may be gone when the power goes. [PowerLoss] reads the note.
public final class MarkedDatabase extends ForwardingDatabase {
  static final String MARK = "database.synced";
  static final String LOG_SUFFIX = ".log";

  private final Path directory;
  private final Path mark;
  private final FileChannel channel;

  /// @param directory of the database's files
  /// @param notes where the note is kept
  public MarkedDatabase(Database inner, Path directory, Path notes) {
    super(inner);
    this.directory = directory;
    this.mark = notes.resolve(MARK);
    this.channel =
        attempt(
            "open",
            mark,
            () -> FileChannel.open(mark, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    note();
  }

  @Override
  public void commit(Batch batch) {
    super.commit(batch);
    note();
  }

  @Override
  public void clear(Family family, Bytes from) {
    super.clear(family, from);
    note();
  }

  /// In one write, so that a kill leaves this note or the one before.
  private void note() {
    attempt(
        "write",
        mark,
        () -> {
          Optional<Path> newest = newestLog(directory);
          ByteBuffer note = ByteBuffer.allocate(2 * Long.BYTES);
          note.putLong(newest.map(MarkedDatabase::number).orElse(0L));
          note.putLong(newest.isPresent() ? Files.size(newest.get()) : 0L);
          Disk.writeFully(channel, 0, note.flip());
          return true;
        });
  }

  static Optional<Path> newestLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(LOG_SUFFIX))
          .max((a, b) -> Long.compare(number(a), number(b)));
    }
  }

  static long number(Path log) {
    String name = String.valueOf(log.getFileName());
    return Long.parseLong(name.substring(0, name.length() - LOG_SUFFIX.length()));
  }

  @Override
  public void close() {
    super.close();
    attempt(
        "close",
        mark,
        () -> {
          channel.close();
          return true;
        });
  }
}

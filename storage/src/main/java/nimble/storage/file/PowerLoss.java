package nimble.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.storage.file.JournaledSegments.Note;

/// Does to the files of a killed node what a loss of power may do: of what was not synced any
/// sectors are gone, a name that was not synced is the old one, and the end of the database's
/// write-ahead log is cut off. For nodes that kept notes: those with a folder `unsynced`.
///
/// Not done: files that the database writes in the background are left whole, and what was deleted
/// does not come back.
public final class PowerLoss {
  private static final String FOLDER = "unsynced";
  private static final int SECTOR_BYTES = 512;

  private PowerLoss() {}

  /// Where a node keeps its notes; it does when the folder is there.
  public static Path notes(Path home) {
    return home.resolve(FOLDER);
  }

  /// How many writes, names and logs lost something.
  public static int strike(Path home, SplittableRandom random) throws IOException {
    Path notes = notes(home);
    int lost = undoNames(home, notes);
    try (Stream<Path> found = Files.list(notes)) {
      for (Path note : found.sorted().toList()) {
        String name = String.valueOf(note.getFileName());
        if (name.endsWith(JournaledSegments.WRITES)) {
          String segment = name.substring(0, name.length() - JournaledSegments.WRITES.length());
          lost += tear(home.resolve("votes").resolve(segment), Note.read(note), random);
          Files.delete(note);
        }
      }
    }
    return lost + cutLog(home.resolve("db"), notes.resolve(MarkedDatabase.MARK), random);
  }

  private static int undoNames(Path home, Path notes) throws IOException {
    Path note = notes.resolve(JournaledSegments.NAMES);
    if (!Files.exists(note)) {
      return 0;
    }
    List<String> names =
        new String(Note.read(note).before().toArray(), StandardCharsets.UTF_8).lines().toList();
    Files.delete(note);
    Path votes = home.resolve("votes");
    Path to = votes.resolve(names.getLast());
    if (!Files.exists(to)) {
      return 0;
    }
    Files.move(to, votes.resolve(names.getFirst()));
    Path writes = notes.resolve(names.getLast() + JournaledSegments.WRITES);
    if (Files.exists(writes)) {
      Files.move(writes, notes.resolve(names.getFirst() + JournaledSegments.WRITES));
    }
    return 1;
  }

  /// Each sector of the write is as it was or as it became.
  private static int tear(Path segment, Note note, SplittableRandom random) throws IOException {
    if (!Files.exists(segment)) {
      return 0;
    }
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      Bytes before = note.before();
      for (int at = 0; at < before.size(); at += SECTOR_BYTES) {
        if (random.nextBoolean()) {
          int end = Math.min(before.size(), at + SECTOR_BYTES);
          Disk.writeFully(channel, note.offset() + at, before.slice(at, end).asBuffer());
        }
      }
    }
    return 1;
  }

  /// Anywhere behind what the last commit had made durable.
  private static int cutLog(Path database, Path mark, SplittableRandom random) throws IOException {
    if (!Files.exists(mark)) {
      return 0;
    }
    ByteBuffer note = ByteBuffer.wrap(Files.readAllBytes(mark));
    long marked = note.getLong();
    long synced = note.getLong();
    int cut = 0;
    try (Stream<Path> files = Files.list(database)) {
      for (Path log :
          files.filter(it -> it.toString().endsWith(MarkedDatabase.LOG_SUFFIX)).toList()) {
        long number = MarkedDatabase.number(log);
        long least = number > marked ? 0 : number == marked ? synced : Long.MAX_VALUE;
        long size = Files.size(log);
        if (size > least) {
          try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(random.nextLong(least, size + 1));
          }
          cut++;
        }
      }
    }
    return cut;
  }
}

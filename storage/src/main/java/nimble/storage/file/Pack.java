package nimble.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import nimble.codec.Bytes;
import nimble.storage.Shelf;
import nimble.types.Hash;

/// One group in one file: entries one behind the other, each a head and its contents. One thread
/// writes, any thread reads.
///
/// A head has a checksum of its own, so that the entries are found again without reading them; the
/// contents' checksum is checked when they are read. What a crash has torn can only stand behind
/// the last sync: it is cut off from the first head that is not whole.
final class Pack {
  private record Entry(long offset, int length, int checksum) {}

  private final Path file;
  private final Map<Hash, Entry> chunks = new ConcurrentSkipListMap<>();
  private final Map<Hash, Entry> documents = new ConcurrentSkipListMap<>();
  private boolean named;
  private volatile long end;

  /// An empty one: there is no file before there is an entry.
  Pack(Path file) {
    this.file = file;
  }

  /// What stands in `file`, without a torn end.
  static Pack open(Path file) throws IOException {
    Pack pack = new Pack(file);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer head = ByteBuffer.allocate(Shelf.ENTRY_BYTES);
      while (pack.scan(channel, head.clear())) {}
      channel.truncate(pack.end);
    }
    return pack;
  }

  /// Takes the entry at the end, if a whole one stands there.
  private boolean scan(FileChannel channel, ByteBuffer head) throws IOException {
    Optional<PackHead> found =
        Disk.readFully(channel, end, head) ? PackHead.decode(head) : Optional.empty();
    long room = channel.size() - end - Shelf.ENTRY_BYTES;
    if (found.filter(it -> it.length() <= room).isEmpty()) {
      return false;
    }
    take(found.get());
    return true;
  }

  private void take(PackHead head) {
    long offset = end + Shelf.ENTRY_BYTES;
    Entry entry = new Entry(offset, head.length(), head.checksum());
    (head.isChunk() ? chunks : documents).put(head.id(), entry);
    end = offset + head.length();
  }

  long bytes() {
    return end;
  }

  boolean hasChunk(Hash id) {
    return chunks.containsKey(id);
  }

  void putChunk(Hash id, Bytes contents) throws IOException {
    append(PackHead.of(true, id, contents), contents);
  }

  /// Durable on return, with all before it.
  void putDocument(Hash id, Bytes contents) throws IOException {
    append(PackHead.of(false, id, contents), contents);
  }

  private void append(PackHead head, Bytes contents) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      write(channel, head.encode(), contents.asBuffer(), !head.isChunk());
    }
    take(head);
  }

  /// What fails leaves the file as long as it was.
  private void write(FileChannel channel, ByteBuffer head, ByteBuffer body, boolean durable)
      throws IOException {
    try {
      Disk.writeFully(channel, end, head);
      Disk.writeFully(channel, end + Shelf.ENTRY_BYTES, body);
      if (durable) {
        channel.force(false);
      }
    } catch (IOException e) {
      cut(channel, e);
      throw e;
    }
    if (durable && !named) {
      Disk.syncDirectory(file.resolveSibling(".").normalize());
      named = true;
    }
  }

  private void cut(FileChannel channel, IOException cause) {
    try {
      channel.truncate(end);
    } catch (IOException e) {
      cause.addSuppressed(e); // What stands behind the end is never taken for an entry.
    }
  }

  Optional<Bytes> chunk(Hash id) throws IOException {
    return read(chunks, id);
  }

  Optional<Bytes> document(Hash id) throws IOException {
    return read(documents, id);
  }

  /// Empty also when the contents are damaged, or when the group has just been given up.
  private Optional<Bytes> read(Map<Hash, Entry> table, Hash id) throws IOException {
    Entry entry = table.get(id);
    if (entry == null) {
      return Optional.empty();
    }
    ByteBuffer contents = ByteBuffer.allocate(entry.length());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (Disk.readFully(channel, entry.offset(), contents)
          && PackHead.checksum(contents.flip()) == entry.checksum()) {
        return Optional.of(Bytes.wrap(contents.array()));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    table.remove(id, entry);
    return Optional.empty();
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
    Disk.syncDirectory(file.resolveSibling(".").normalize());
  }
}

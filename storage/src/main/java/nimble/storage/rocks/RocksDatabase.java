package nimble.storage.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The database of a node. Any thread may read; each call is atomic, several are not one snapshot.
/// Calls after `close` are refused rather than passed to freed native memory.
public final class RocksDatabase implements Database {
  private static final byte[] BEHIND_ALL = behindAll();

  private final Path directory;
  private final RocksSettings settings;
  private final RocksDB db;
  private final List<ColumnFamilyHandle> handles;
  private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions buffered = new WriteOptions();
  private final ReadOptions newest = new ReadOptions();
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private boolean closed;

  private RocksDatabase(
      Path directory, RocksSettings settings, RocksDB db, List<ColumnFamilyHandle> handles) {
    this.directory = directory;
    this.settings = settings;
    this.db = db;
    this.handles = handles;
    int next = 1;
    for (Family family : Family.values()) {
      families.put(family, handles.get(next++));
    }
  }

  /// Above every key.
  private static byte[] behindAll() {
    byte[] key = new byte[Batch.KEY_MAX + 1];
    Arrays.fill(key, (byte) 0xff);
    return key;
  }

  /// Opens the database in `directory`, which is created when missing. `openFilesMax` bounds file
  /// descriptors.
  public static RocksDatabase open(Path directory, RocksMemory memory, int openFilesMax) {
    return open(directory, new RocksSettings(memory, openFilesMax));
  }

  static RocksDatabase open(Path directory, RocksSettings settings) {
    try {
      Files.createDirectories(directory);
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db =
          RocksDB.open(settings.options(), directory.toString(), settings.families(), handles);
      return new RocksDatabase(directory, settings, db, handles);
    } catch (IOException | RocksDBException e) {
      settings.close();
      throw DatabaseFailure.of("open", directory, e);
    }
  }

  @Override
  public Optional<Bytes> get(Family family, Bytes key) {
    return get(newest, family, key);
  }

  @Override
  public List<Entry> scan(Family family, Range range) {
    return scan(newest, family, range);
  }

  @Override
  public View view() {
    return new Past(use("read", db::getSnapshot));
  }

  /// The database as it stood: a number that the library keeps old entries for.
  private final class Past implements View {
    private final Snapshot snapshot;
    private final ReadOptions options;

    private Past(Snapshot snapshot) {
      this.snapshot = snapshot;
      this.options = new ReadOptions().setSnapshot(snapshot).setFillCache(false);
    }

    @Override
    public Optional<Bytes> get(Family family, Bytes key) {
      return RocksDatabase.this.get(options, family, key);
    }

    @Override
    public List<Entry> scan(Family family, Range range) {
      return RocksDatabase.this.scan(options, family, range);
    }

    @Override
    public void close() {
      lifetime.readLock().lock();
      try {
        if (!closed) {
          db.releaseSnapshot(snapshot);
          options.close();
        }
      } finally {
        lifetime.readLock().unlock();
      }
    }
  }

  private Optional<Bytes> get(ReadOptions options, Family family, Bytes key) {
    return use(
        "read",
        () -> {
          byte @Nullable [] value = db.get(handle(family), options, key.toArray());
          return value == null ? Optional.empty() : Optional.of(Bytes.wrap(value));
        });
  }

  private List<Entry> scan(ReadOptions options, Family family, Range range) {
    return use(
        "read",
        () -> {
          try (RocksIterator cursor = db.newIterator(handle(family), options)) {
            return collect(cursor, range);
          }
        });
  }

  private static List<Entry> collect(RocksIterator cursor, Range range) throws RocksDBException {
    if (range.descending()) {
      seekLast(cursor, range);
    } else {
      cursor.seek(range.from().toArray());
    }
    List<Entry> found = new ArrayList<>();
    while (cursor.isValid() && found.size() < range.limit()) {
      Bytes key = Bytes.wrap(cursor.key());
      if (!range.contains(key)) {
        break;
      }
      found.add(new Entry(key, Bytes.wrap(cursor.value())));
      if (range.descending()) {
        cursor.prev();
      } else {
        cursor.next();
      }
    }
    cursor.status();
    return found;
  }

  private static void seekLast(RocksIterator cursor, Range range) {
    if (range.to().isEmpty()) {
      cursor.seekToLast();
      return;
    }
    byte[] end = range.to().get().toArray();
    cursor.seekForPrev(end);
    if (cursor.isValid() && Bytes.wrap(cursor.key()).equals(range.to().get())) {
      cursor.prev();
    }
  }

  @Override
  public void commit(Batch batch) {
    apply(batch, synced);
  }

  @Override
  public void write(Batch batch) {
    apply(batch, buffered);
  }

  private void apply(Batch batch, WriteOptions options) {
    use(
        "write",
        () -> {
          byte[] serialized = BatchBytes.of(batch, family -> handle(family).getID());
          try (WriteBatch writes = new WriteBatch(serialized)) {
            db.write(options, writes);
            return true;
          }
        });
  }

  /// One mark for all entries, however many they are.
  @Override
  public void clear(Family family, Bytes from) {
    use(
        "write",
        () -> {
          db.deleteRange(handle(family), synced, from.toArray(), BEHIND_ALL);
          return true;
        });
  }

  @Override
  public void compact() {
    use(
        "compact",
        () -> {
          for (ColumnFamilyHandle handle : handles) {
            db.compactRange(handle);
          }
          return true;
        });
  }

  /// Writes a copy of the database as it stands into `target`, which must not exist: hard links
  /// where the file system allows it, so nearly free.
  public void checkpoint(Path target) {
    use(
        "copy",
        () -> {
          try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
            return true;
          }
        });
  }

  private ColumnFamilyHandle handle(Family family) {
    return Objects.requireNonNull(families.get(family));
  }

  private interface Action<T> {
    T run() throws RocksDBException;
  }

  private <T> T use(String verb, Action<T> action) {
    lifetime.readLock().lock();
    try {
      Invariant.check(!closed, "database %s is closed", directory);
      return action.run();
    } catch (RocksDBException e) {
      throw DatabaseFailure.of(verb, directory, e);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lifetime.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      handles.forEach(ColumnFamilyHandle::close);
      db.close();
      synced.close();
      buffered.close();
      newest.close();
      settings.close();
    } finally {
      lifetime.writeLock().unlock();
    }
  }
}

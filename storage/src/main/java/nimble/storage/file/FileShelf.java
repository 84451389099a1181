package nimble.storage.file;

import static nimble.storage.file.Disk.attempt;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import nimble.codec.Bytes;
import nimble.storage.Shelf;
import nimble.storage.ShelfNames;
import nimble.storage.StorageFailure;
import nimble.types.Hash;

/// Groups as files `<group>.pack` (E1 to E5). One process; one thread writes at a time, readers
/// wait for nobody.
public final class FileShelf implements Shelf {
  private static final String SUFFIX = ".pack";

  private final Path root;
  private final long bytesMax;
  private final LongSupplier freeBytes;
  private final ConcurrentSkipListMap<String, Pack> packs = new ConcurrentSkipListMap<>();
  private final ReentrantLock writing = new ReentrantLock();

  /// @param freeBytes of the disk
  FileShelf(Path root, long bytesMax, LongSupplier freeBytes) throws IOException {
    this.root = root;
    this.bytesMax = bytesMax;
    this.freeBytes = freeBytes;
    Disk.createDirectory(root);
    for (Path file : BlobTree.sorted(root)) {
      String name = String.valueOf(file.getFileName());
      String group = name.substring(0, Math.max(0, name.length() - SUFFIX.length()));
      if (name.endsWith(SUFFIX) && ShelfNames.isGroup(group)) {
        take(group, Pack.open(file));
      }
    }
  }

  /// Opens the shelf in `root`, which is created when missing.
  public static FileShelf open(Path root, long bytesMax) {
    return attempt(
        "open", root, () -> new FileShelf(root, bytesMax, root.toFile()::getUsableSpace));
  }

  private void take(String group, Pack pack) throws IOException {
    if (pack.bytes() == 0) {
      pack.delete();
    } else {
      packs.put(group, pack);
    }
  }

  private interface Append {
    void to(Pack pack) throws IOException;
  }

  @Override
  public Put put(String group, Hash name, Bytes chunk) {
    ShelfNames.checkGroup(group);
    ShelfNames.checkChunk(chunk);
    writing.lock();
    try {
      return has(group, name)
          ? Put.PRESENT
          : append(group, chunk.size(), pack -> pack.putChunk(name, chunk));
    } finally {
      writing.unlock();
    }
  }

  @Override
  public Put write(String group, String document, Bytes contents) {
    ShelfNames.checkGroup(group);
    ShelfNames.checkDocument(contents);
    Hash id = ShelfNames.document(document);
    writing.lock();
    try {
      return append(group, contents.size(), pack -> pack.putDocument(id, contents));
    } finally {
      writing.unlock();
    }
  }

  private Put append(String group, int size, Append entry) {
    Pack known = packs.get(group);
    long bytes = ENTRY_BYTES + (long) size;
    if (bytesUsed() + bytes > bytesMax
        || freeBytes.getAsLong() < bytes + Disk.RESERVE_BYTES
        || (known == null && packs.size() == GROUPS_MAX)) {
      return Put.FULL;
    }
    Path file = root.resolve(group + SUFFIX);
    Pack pack = known == null ? new Pack(file) : known;
    try {
      entry.to(pack);
    } catch (IOException e) {
      if (freeBytes.getAsLong() < bytes + Disk.RESERVE_BYTES) {
        return Put.FULL; // Somebody else took what was free.
      }
      throw new StorageFailure("cannot write %s: %s".formatted(file, e), e);
    }
    packs.put(group, pack);
    return Put.STORED;
  }

  @Override
  public boolean has(String group, Hash chunk) {
    Pack pack = packs.get(group);
    return pack != null && pack.hasChunk(chunk);
  }

  @Override
  public Optional<Bytes> get(Hash chunk) {
    return attempt(
        "read",
        root,
        () -> {
          for (Pack pack : packs.values()) {
            Optional<Bytes> found = pack.chunk(chunk);
            if (found.isPresent()) {
              return found;
            }
          }
          return Optional.empty();
        });
  }

  @Override
  public Optional<Bytes> read(String group, String document) {
    Pack pack = packs.get(group);
    return pack == null
        ? Optional.empty()
        : attempt("read", root, () -> pack.document(ShelfNames.document(document)));
  }

  @Override
  public SortedSet<String> groups() {
    // One by one: a copy at one go fails when a group is dropped meanwhile.
    return packs.keySet().stream()
        .collect(
            Collectors.collectingAndThen(
                Collectors.toCollection(TreeSet::new), Collections::unmodifiableSortedSet));
  }

  @Override
  public boolean drop(String group) {
    writing.lock();
    try {
      Pack pack = packs.remove(group);
      if (pack == null) {
        return false;
      }
      return attempt(
          "delete",
          root.resolve(group + SUFFIX),
          () -> {
            pack.delete();
            return true;
          });
    } finally {
      writing.unlock();
    }
  }

  @Override
  public long bytesUsed() {
    return packs.values().stream().mapToLong(Pack::bytes).sum();
  }

  @Override
  public long bytesMax() {
    return bytesMax;
  }
}

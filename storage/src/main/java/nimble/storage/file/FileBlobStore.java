package nimble.storage.file;

import static nimble.storage.file.Disk.attempt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.storage.BlobStore;
import nimble.types.Hash;

/// Chunks as files `ab/cd/abcd…`, written under `temp/` first (C1 to C3). One process; any thread.
public final class FileBlobStore implements BlobStore {
  private static final int LOCKS = 64;

  private final Path root;
  private final Path temp;
  private final long bytesMax;
  private final LongSupplier freeBytes;
  private final BlobTree tree;
  private final AtomicLong used = new AtomicLong();

  /// One thread at a time per chunk; chunks share locks by their first bits.
  private final List<ReentrantLock> locks =
      IntStream.range(0, LOCKS).mapToObj(_ -> new ReentrantLock()).toList();

  private FileBlobStore(Path root, long bytesMax, LongSupplier freeBytes) {
    this.root = root;
    this.temp = root.resolve("temp");
    this.bytesMax = bytesMax;
    this.freeBytes = freeBytes;
    this.tree = new BlobTree(root);
  }

  /// Opens the store in `root`, which is created when missing; unfinished writes are removed.
  public static FileBlobStore open(Path root, long bytesMax) {
    return open(root, bytesMax, root.toFile()::getUsableSpace);
  }

  /// @param freeBytes of the disk
  static FileBlobStore open(Path root, long bytesMax, LongSupplier freeBytes) {
    return attempt(
        "open",
        root,
        () -> {
          FileBlobStore store = new FileBlobStore(root, bytesMax, freeBytes);
          Disk.createDirectory(store.temp);
          for (Path unfinished : BlobTree.sorted(store.temp)) {
            Files.delete(unfinished);
          }
          store.used.set(store.tree.bytes());
          return store;
        });
  }

  private interface Locked<T> {
    T run(Path file) throws IOException;
  }

  private <T> T locked(String verb, Hash chunk, Locked<T> action) {
    ReentrantLock lock = locks.get((chunk.bytes().at(0) & 0xff) % LOCKS);
    lock.lock();
    try {
      Path file = tree.path(chunk);
      return attempt(verb, file, () -> action.run(file));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Put put(Bytes chunk) {
    Invariant.check(
        !chunk.isEmpty() && chunk.size() <= Manifest.CHUNK_BYTES,
        "chunk of %d bytes",
        chunk.size());
    Hash name = Manifest.chunkHash(chunk);
    return locked(
        "write",
        name,
        file -> {
          if (Files.exists(file)) {
            return Put.PRESENT;
          }
          if (used.addAndGet(chunk.size()) <= bytesMax
              && !isFull(chunk)
              && store(name, chunk, file)) {
            return Put.STORED;
          }
          used.addAndGet(-chunk.size());
          return Put.OVER_QUOTA;
        });
  }

  private boolean isFull(Bytes chunk) {
    return freeBytes.getAsLong() < chunk.size() + Disk.RESERVE_BYTES;
  }

  /// False when somebody else took what was free.
  private boolean store(Hash name, Bytes chunk, Path file) throws IOException {
    Path unfinished = temp.resolve(name.toString());
    try {
      Disk.create(unfinished, chunk.asBuffer());
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      if (isFull(chunk)) {
        return false;
      }
      throw e;
    }
    Path directory = file.resolveSibling(".").normalize();
    Disk.createDirectory(directory);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    Disk.syncDirectory(directory);
    return true;
  }

  @Override
  public boolean has(Hash chunk) {
    return Files.exists(tree.path(chunk));
  }

  @Override
  public Optional<Bytes> get(Hash chunk) {
    return locked(
        "read",
        chunk,
        file -> {
          Bytes bytes;
          try {
            bytes = Bytes.wrap(Files.readAllBytes(file));
          } catch (NoSuchFileException e) {
            return Optional.empty();
          }
          if (Manifest.chunkHash(bytes).equals(chunk)) {
            return Optional.of(bytes);
          }
          remove(file);
          return Optional.empty();
        });
  }

  /// Takes no lock: chunks never change, and one that is removed meanwhile is missing.
  @Override
  public Optional<Bytes> read(Hash chunk, int from, int count) {
    Path file = tree.path(chunk);
    ByteBuffer part = ByteBuffer.allocate(count);
    boolean there =
        attempt(
            "read",
            file,
            () -> {
              try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return Disk.readFully(channel, from, part);
              } catch (NoSuchFileException e) {
                return false;
              }
            });
    return there ? Optional.of(Bytes.wrap(part.array())) : Optional.empty();
  }

  @Override
  public boolean delete(Hash chunk) {
    return locked(
        "delete",
        chunk,
        file -> {
          if (!Files.exists(file)) {
            return false;
          }
          remove(file);
          return true;
        });
  }

  private void remove(Path file) throws IOException {
    long size = Files.size(file);
    Files.delete(file);
    used.addAndGet(-size);
  }

  @Override
  public List<Hash> list(Hash after, int limit) {
    return attempt("list", root, () -> tree.names(after, limit));
  }

  @Override
  public long bytesUsed() {
    return used.get();
  }

  @Override
  public long bytesMax() {
    return bytesMax;
  }
}

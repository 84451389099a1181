package nimble.storage.file;

import static nimble.storage.file.Disk.attempt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// A snapshot as files: a `manifest`, `parts/` by their hashes, and `epochs/` by their numbers. It
/// gets its name when it is whole and durable.
public final class FileSnapshot {
  private static final int FILE_BYTES_MAX = 8 << 20;

  private static final String MANIFEST = "manifest";
  private static final String PARTS = "parts";
  private static final String EPOCHS = "epochs";

  private final Path directory;

  private FileSnapshot(Path directory) {
    this.directory = directory;
  }

  /// Empty when none lies there.
  public static Optional<FileSnapshot> open(Path directory) {
    return Files.isRegularFile(directory.resolve(MANIFEST))
        ? Optional.of(new FileSnapshot(directory))
        : Optional.empty();
  }

  public Path directory() {
    return directory;
  }

  public Bytes manifest() {
    return read(directory.resolve(MANIFEST));
  }

  /// Unchecked: what lies there may be damaged.
  public Optional<Bytes> part(Hash hash) {
    return readIfThere(directory.resolve(PARTS).resolve(hash.toString()));
  }

  /// What tells of the epochs from `first` on, unchecked.
  public Optional<Bytes> epochs(long first) {
    return readIfThere(directory.resolve(EPOCHS).resolve(Long.toString(first)));
  }

  private static Optional<Bytes> readIfThere(Path file) {
    return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
  }

  private static Bytes read(Path file) {
    return attempt(
        "read",
        file,
        () -> {
          long bytes = Files.size(file);
          if (bytes > FILE_BYTES_MAX) {
            throw new IOException("%d bytes, at most %d".formatted(bytes, FILE_BYTES_MAX));
          }
          return Bytes.wrap(Files.readAllBytes(file));
        });
  }

  public void delete() {
    delete(directory);
  }

  /// What draws that never ended have left beside `directory`.
  public static void deleteDraft(Path directory) {
    delete(draft(directory));
  }

  private static Path draft(Path directory) {
    return directory.resolveSibling(directory.getFileName() + ".new");
  }

  private static void delete(Path directory) {
    attempt(
        "delete",
        directory,
        () -> {
          if (Files.isDirectory(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
              for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
              }
            }
          }
          return true;
        });
  }

  /// Begins one that will lie in `directory`, where nothing may be.
  public static Draft begin(Path directory) {
    Path draft = draft(directory);
    delete(draft);
    attempt(
        "create",
        draft,
        () -> {
          Disk.createDirectory(draft.resolve(PARTS));
          Disk.createDirectory(draft.resolve(EPOCHS));
          return true;
        });
    return new Draft(draft, directory);
  }

  /// A snapshot that is being written. One owner.
  public static final class Draft {
    private final Path draft;
    private final Path target;

    private Draft(Path draft, Path target) {
      this.draft = draft;
      this.target = target;
    }

    private Path heap(int place) {
      return draft.resolve("heap-" + place);
    }

    /// Puts `bytes` on the heap of a place: what becomes a part, in no order yet.
    public void heap(int place, Bytes bytes) {
      attempt(
          "write",
          heap(place),
          () -> {
            try (FileChannel channel =
                FileChannel.open(
                    heap(place), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
              ByteBuffer left = bytes.asBuffer();
              while (left.hasRemaining()) {
                channel.write(left);
              }
            }
            return true;
          });
    }

    /// The heap of a place, which ends here; empty when nothing was put there.
    public Optional<Bytes> take(int place) {
      return attempt(
          "read",
          heap(place),
          () -> {
            if (!Files.exists(heap(place))) {
              return Optional.empty();
            }
            Bytes bytes = Bytes.wrap(Files.readAllBytes(heap(place)));
            Files.delete(heap(place));
            return Optional.of(bytes);
          });
    }

    public void part(Hash hash, Bytes bytes) {
      create(draft.resolve(PARTS).resolve(hash.toString()), bytes);
    }

    public void epochs(long first, Bytes bytes) {
      create(draft.resolve(EPOCHS).resolve(Long.toString(first)), bytes);
    }

    private static void create(Path file, Bytes bytes) {
      attempt(
          "write",
          file,
          () -> {
            Disk.create(file, bytes.asBuffer());
            return true;
          });
    }

    /// Makes it whole, durable and visible, in this order.
    public FileSnapshot finish(Bytes manifest) {
      return attempt(
          "write",
          target,
          () -> {
            Disk.create(draft.resolve(MANIFEST), manifest.asBuffer());
            for (Path each : List.of(draft.resolve(PARTS), draft.resolve(EPOCHS), draft)) {
              Disk.syncDirectory(each);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            Path parent = target.toAbsolutePath().getParent();
            if (parent != null) {
              Disk.syncDirectory(parent);
            }
            return new FileSnapshot(target);
          });
    }

    /// Nothing of it stays.
    public void discard() {
      delete(draft);
    }
  }
}

package nimble.node.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.storage.StorageFailure;
import nimble.storage.file.FileSnapshot;
import nimble.types.Hash;

/// The snapshots that a node keeps, each in a directory named by its height (S3). The keeper
/// writes, others read.
public final class Snapshots {
  static final int KEPT_MAX = 2;

  private record Kept(long height, FileSnapshot files, Bytes manifest) {}

  private final Path directory;
  private volatile List<Kept> kept = List.of();
  private volatile boolean closing;

  private Snapshots(Path directory) {
    this.directory = directory;
  }

  /// Those that are there and can be read. A draft that was cut off is deleted.
  public static Snapshots open(Path directory) {
    Snapshots snapshots = new Snapshots(directory);
    List<Kept> found = new ArrayList<>();
    for (Path path : list(directory)) {
      if (path.toString().endsWith(".new")) {
        FileSnapshot.deleteDraft(
            path.resolveSibling(String.valueOf(path.getFileName()).replace(".new", "")));
      } else {
        FileSnapshot.open(path).flatMap(Snapshots::read).ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparingLong(Kept::height).reversed());
    snapshots.kept = List.copyOf(found);
    return snapshots;
  }

  private static List<Path> list(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.sorted().toList();
    } catch (IOException e) {
      throw new StorageFailure("cannot list %s: %s".formatted(directory, e), e);
    }
  }

  private static Optional<Kept> read(FileSnapshot files) {
    try {
      Bytes manifest = files.manifest();
      return Optional.of(new Kept(Snapshot.decode(manifest).height(), files, manifest));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  Path place(long height) {
    return directory.resolve(Long.toString(height));
  }

  boolean has(long height) {
    return kept.stream().anyMatch(it -> it.height() == height);
  }

  /// Keeps one more, and deletes what is too old.
  void add(SnapshotExport.Written written) {
    List<Kept> now = new ArrayList<>(kept);
    now.add(new Kept(written.snapshot().height(), written.files(), written.snapshot().encode()));
    now.sort(Comparator.comparingLong(Kept::height).reversed());
    List<Kept> old = List.copyOf(now.subList(Math.min(KEPT_MAX, now.size()), now.size()));
    kept = List.copyOf(now.subList(0, Math.min(KEPT_MAX, now.size())));
    old.forEach(it -> it.files().delete());
  }

  /// What is being written is given up.
  public void close() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }

  /// Newest first.
  List<Bytes> manifests() {
    return kept.stream().map(Kept::manifest).toList();
  }

  Optional<Bytes> part(Hash hash) {
    return kept.stream().flatMap(it -> it.files().part(hash).stream()).findFirst();
  }
}

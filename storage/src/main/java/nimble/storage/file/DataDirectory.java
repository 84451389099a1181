package nimble.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import nimble.types.Hash;

/// A node's home, held by at most one process: what it belongs to stands in `VERSION`, who holds it
/// in `LOCK`.
public final class DataDirectory implements AutoCloseable {
  /// The directory cannot be used, and the message says what to do about it. The user's to solve,
  /// so checked.
  public static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }
  }

  private static final String FORMAT = "nimble data 2";
  private static final String ELSEWHERE = "give this node another directory with --home";
  private static final List<String> PARTS =
      List.of("keys", "db", "votes", "blobs", "evidence", "logs");

  /// The lock is the process's, and closing any channel of the file would give it up: so a second
  /// node of the same process must be refused before it touches the file.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// At `init`: makes the directory for one network. What exists for the same network is left
  /// alone.
  public static void create(Path path, String network, Hash genesis) throws IOException, Refused {
    if (Files.exists(path.resolve("VERSION"))) {
      checkVersion(path, network, genesis);
      return;
    }
    for (String part : PARTS) {
      Disk.createDirectory(path.resolve(part));
    }
    if (Files.getFileStore(path).supportsFileAttributeView(PosixFileAttributeView.class)) {
      Files.setPosixFilePermissions(
          path.resolve("keys"), PosixFilePermissions.fromString("rwx------"));
    }
    Path unfinished = path.resolve("VERSION.new");
    Files.deleteIfExists(unfinished);
    Disk.create(unfinished, StandardCharsets.UTF_8.encode(version(network, genesis)));
    Files.move(unfinished, path.resolve("VERSION"), StandardCopyOption.ATOMIC_MOVE);
    Disk.syncDirectory(path);
  }

  /// Takes the directory until [#close].
  public static DataDirectory open(Path path, String network, Hash genesis)
      throws IOException, Refused {
    if (!Files.exists(path.resolve("VERSION"))) {
      throw new Refused(
          "%s is not a node's data directory: run `nimble init` first".formatted(path));
    }
    FileChannel lock = lock(path);
    try {
      checkVersion(path, network, genesis);
    } catch (IOException | Refused e) {
      unlock(path, lock);
      throw e;
    }
    return new DataDirectory(path, lock);
  }

  private static FileChannel lock(Path path) throws IOException, Refused {
    Path file = path.resolve("LOCK");
    if (!HELD.add(path.toRealPath())) {
      throw inUse(path, Long.toString(ProcessHandle.current().pid()));
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      HELD.remove(path.toRealPath());
      throw inUse(path, Files.readString(file).strip());
    }
    channel.truncate(0);
    Disk.writeFully(
        channel, 0, StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"));
    return channel;
  }

  private static Refused inUse(Path path, String process) {
    return new Refused(
        "%s is in use by another node (process %s): stop it, or %s"
            .formatted(path, process, ELSEWHERE));
  }

  private static String version(String network, Hash genesis) {
    return "%s\nnetwork %s\ngenesis %s\n".formatted(FORMAT, network, genesis);
  }

  private static void checkVersion(Path path, String network, Hash genesis)
      throws IOException, Refused {
    checkVersion(path, Files.readAllBytes(path.resolve("VERSION")), network, genesis);
  }

  static void checkVersion(Path path, byte[] version, String network, Hash genesis) throws Refused {
    List<String> found = new String(version, StandardCharsets.UTF_8).lines().toList();
    List<String> wanted = version(network, genesis).lines().toList();
    if (found.equals(wanted)) {
      return;
    }
    if (found.size() != wanted.size() || !found.getFirst().equals(FORMAT)) {
      throw new Refused(
          "%s was written by another version of nimble (%s; this one writes %s): use that version, or %s"
              .formatted(path, found.isEmpty() ? "nothing" : found.getFirst(), FORMAT, ELSEWHERE));
    }
    for (int line = 1; line < wanted.size(); line++) {
      if (!found.get(line).equals(wanted.get(line))) {
        throw new Refused(
            "%s belongs to %s, but this node is for %s: use the genesis file it was made with, or %s"
                .formatted(path, found.get(line), wanted.get(line), ELSEWHERE));
      }
    }
  }

  public Path path() {
    return path;
  }

  public Path keys() {
    return path.resolve("keys");
  }

  public Path database() {
    return path.resolve("db");
  }

  public Path votes() {
    return path.resolve("votes");
  }

  public Path blobs() {
    return path.resolve("blobs");
  }

  public Path evidence() {
    return path.resolve("evidence");
  }

  public Path snapshots() {
    return path.resolve("snapshots");
  }

  public Path peers() {
    return path.resolve("peers.dat");
  }

  public Path logs() {
    return path.resolve("logs");
  }

  @Override
  public void close() throws IOException {
    if (lock.isOpen()) {
      unlock(path, lock);
    }
  }

  private static void unlock(Path path, FileChannel lock) throws IOException {
    lock.close();
    HELD.remove(path.toRealPath());
  }
}

package nimble.node.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import nimble.node.site.NodeDirectory;

/// The data directory and the disk under it.
final class DiskChecks {
  private static final long FREE_FAIL = 1L << 30;
  private static final long FREE_WARN = 20L << 30;
  private static final int WRITES = 64;
  private static final int WRITE_BYTES = 4_096;
  private static final double SYNC_WARN_MILLIS = 5;
  private static final double SYNC_FAIL_MILLIS = 100;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Path directory;
  private final boolean votes;

  /// @param votes whether the node is to be a validator
  DiskChecks(Path directory, boolean votes) {
    this.directory = directory;
    this.votes = votes;
  }

  List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    if (!Files.exists(directory.resolve("VERSION"))) {
      findings.add(
          Finding.fail(
              "data directory",
              directory + " is none",
              "make one with `nimble init --genesis FILE --home " + directory + "`"));
      return findings;
    }
    findings.add(Finding.ok("data directory", "%s", directory));
    findings.add(keys());
    if (votes) {
      findings.add(voteLog());
    }
    findings.add(free());
    findings.add(sync());
    return findings;
  }

  private Finding keys() {
    Path hot = NodeDirectory.hotKey(directory);
    Path vote = NodeDirectory.voteKey(directory);
    if (!Files.exists(hot) || (votes && !Files.exists(vote))) {
      return Finding.fail(
          "keys",
          "%s is missing".formatted(Files.exists(hot) ? vote : hot),
          "make one with `nimble keys new`, or bring back the one that the chain knows");
    }
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(hot.resolveSibling(""));
      boolean shared = permissions.stream().anyMatch(it -> !it.name().startsWith("OWNER"));
      return shared
          ? Finding.warn(
              "keys", "others may look into " + hot.getParent(), "chmod 700 " + hot.getParent())
          : Finding.ok("keys", "there, and the owner's only");
    } catch (UnsupportedOperationException | IOException e) {
      return Finding.ok("keys", "there");
    }
  }

  private Finding voteLog() {
    try (Stream<Path> segments = Files.list(directory.resolve("votes"))) {
      return segments.findAny().isPresent() ? Finding.ok("vote log", "there") : missingVotes();
    } catch (IOException e) {
      return missingVotes();
    }
  }

  private static Finding missingVotes() {
    return Finding.fail(
        "vote log",
        "missing",
        "a validator that forgot its votes must not vote: restore votes/, or start without --role"
            + " validator");
  }

  private Finding free() {
    try {
      long free = Files.getFileStore(directory).getUsableSpace();
      String found = "%d GiB free".formatted(free >> 30);
      if (free < FREE_FAIL) {
        return Finding.fail("disk space", found, "make room: a node stops when its disk is full");
      }
      return free < FREE_WARN
          ? Finding.warn("disk space", found, "a node that keeps a chain wants 20 GiB and more")
          : Finding.ok("disk space", "%s", found);
    } catch (IOException e) {
      return Finding.unknown("disk space", String.valueOf(e), "look with df");
    }
  }

  /// Each vote waits for one write that is synced.
  private Finding sync() {
    try {
      double[] millis = measure();
      double median = millis[millis.length / 2];
      double worst = millis[millis.length - 1];
      String found = "a synced write takes %.2f ms, at worst %.2f ms".formatted(median, worst);
      if (median >= SYNC_FAIL_MILLIS && votes) {
        return Finding.fail("disk speed", found, slow());
      }
      return median >= SYNC_WARN_MILLIS
          ? Finding.warn("disk speed", found, slow())
          : Finding.ok("disk speed", "%s", found);
    } catch (IOException e) {
      return Finding.fail(
          "disk speed",
          "%s takes no write: %s".formatted(directory, e.getMessage()),
          "mount the disk writable, make room, and give the node's user the directory");
    }
  }

  private static String slow() {
    return "each vote waits for it: use a local SSD for the data directory";
  }

  /// Ascending.
  private double[] measure() throws IOException {
    Path file = Files.createTempFile(directory, "doctor-", ".tmp");
    double[] millis = new double[WRITES];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(WRITES * WRITE_BYTES), 0);
      channel.force(true);
      for (int i = 0; i < WRITES; i++) {
        long started = System.nanoTime();
        channel.write(ByteBuffer.allocate(WRITE_BYTES), (long) i * WRITE_BYTES);
        channel.force(false);
        millis[i] = (System.nanoTime() - started) / NANOS_PER_MILLI;
      }
    } finally {
      Files.deleteIfExists(file);
    }
    Arrays.sort(millis);
    return millis;
  }
}

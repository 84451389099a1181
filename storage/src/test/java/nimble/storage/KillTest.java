package nimble.storage;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;
import nimble.storage.rocks.RocksMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` on a real process in the middle of its work, and a disk that takes no more.
final class KillTest {
  private static final int KILLS = 2;
  private static final int DISK_KIB_MAX = 300;

  @TempDir Path temp;

  @Test
  void d3AndV1AKilledNodeStandsAtAWholeBlockAndKnowsItsVotes() throws Exception {
    Path home = temp.resolve("home");
    DataDirectory.create(home, "test", KilledNode.GENESIS);
    FileVoteLog.create(home.resolve("votes")).close();
    for (int kill = 1; kill <= KILLS; kill++) {
      check(home, runAndKill(home, 25 * kill));
    }
  }

  /// Returns the last height that the process had reported when it was gone.
  private long runAndKill(Path home, int blocks) throws IOException, InterruptedException {
    Process node = start(node(home, 100));
    try (BufferedReader heights = node.inputReader()) {
      String height = heights.readLine();
      assertTrue(height != null, () -> "no block: " + errors());
      assertRefusedToASecondNode(home, node.pid());
      for (int i = 1; i < blocks; i++) {
        height = requireNonNull(heights.readLine());
      }
      node.toHandle().destroyForcibly();
      for (String rest = heights.readLine(); rest != null; rest = heights.readLine()) {
        height = rest;
      }
      node.waitFor();
      return Long.parseLong(requireNonNull(height));
    } finally {
      node.destroyForcibly();
    }
  }

  private List<String> node(Path home, int blockBytes) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m",
        "-XX:-UsePerfData",
        "--enable-native-access=ALL-UNNAMED",
        "-Djava.library.path=" + temp,
        "-cp",
        System.getProperty("java.class.path"),
        KilledNode.class.getName(),
        home.toString(),
        Integer.toString(blockBytes));
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder process =
        new ProcessBuilder(command).redirectError(temp.resolve("errors").toFile());
    process.environment().put("ROCKSDB_SHAREDLIB_DIR", temp.toString());
    return process.start();
  }

  /// No file of the process may grow over a limit: writes fail in the middle of a block, as they do
  /// on a full disk.
  @Test
  void d1AndD4ANodeWhoseDiskTakesNoMoreStopsAtAWholeBlock() throws Exception {
    Path home = temp.resolve("home");
    DataDirectory.create(home, "test", KilledNode.GENESIS);
    FileVoteLog.create(home.resolve("votes")).close();
    // Unpacks the native library, which is over the limit.
    long before = runAndKill(home, 1);
    List<String> limited =
        new ArrayList<>(
            List.of("bash", "-c", "ulimit -f " + DISK_KIB_MAX + "; exec \"$@\"", "bash"));
    limited.addAll(node(home, 10_000));
    Process node = start(limited);
    List<String> heights = node.inputReader().lines().toList();
    assertEquals(1, node.waitFor(), this::errors);
    assertTrue(heights.size() > 5, this::errors);
    assertTrue(errors().contains("StorageFailure"), this::errors);
    long height = Long.parseLong(heights.getLast());
    assertTrue(height > before, () -> "height " + height);
    check(home, height);
    check(home, runAndKill(home, 1));
  }

  private String errors() {
    try {
      return Files.readString(temp.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void assertRefusedToASecondNode(Path home, long pid) {
    DataDirectory.Refused refused =
        assertThrows(
            DataDirectory.Refused.class,
            () -> DataDirectory.open(home, "test", KilledNode.GENESIS).close());
    assertTrue(String.valueOf(refused.getMessage()).contains("process " + pid), refused::toString);
  }

  private static void check(Path path, long reported) throws Exception {
    try (DataDirectory home = DataDirectory.open(path, "test", KilledNode.GENESIS);
        RocksMemory memory = KilledNode.memory();
        Database database = KilledNode.database(home, memory)) {
      long height = KilledNode.height(database);
      assertTrue(height == reported || height == reported + 1, height + " after " + reported);
      for (long block = 1; block <= height + 1; block++) {
        boolean there = block <= height;
        assertEquals(there, database.get(Family.HEADERS, Bytes.ofU64(block)).isPresent());
        assertEquals(there, database.get(Family.BODIES, Bytes.ofU64(block)).isPresent());
      }
      VoteLog.Opened votes = FileVoteLog.open(home.votes()).orElseThrow();
      votes.log().close();
      assertTrue(
          votes.entries().contains(new LogEntry.Vote(new Place(0, height), Bytes.ofU64(height))));
    }
  }
}

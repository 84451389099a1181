package nimble.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Family;
import nimble.storage.mem.MemoryDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The twin loses what a disk may lose, and nothing else.
final class PowerLossTest {
  private static final int SIZE = 4_096;

  @TempDir Path home;
  private Path votes = Path.of("");
  private Path notes = Path.of("");

  @BeforeEach
  void make() throws Exception {
    votes = Files.createDirectories(home.resolve("votes"));
    notes = Files.createDirectories(PowerLoss.notes(home));
    Files.createDirectories(home.resolve("db"));
  }

  private JournaledSegments open() {
    return new JournaledSegments(votes, notes);
  }

  private static Bytes filled(int value, int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return Bytes.wrap(bytes);
  }

  @Test
  void syncedWritesStandAndUnsyncedOnesAreTornBySectors() throws Exception {
    try (JournaledSegments segments = open()) {
      segments.create("a.log", SIZE);
      segments.syncNames();
      segments.write("a.log", 0, filled(1, 1_024));
      segments.sync("a.log");
      segments.write("a.log", 1_024, filled(2, 2_048));
    }
    assertEquals(1, PowerLoss.strike(home, new SplittableRandom(1)));
    byte[] file = Files.readAllBytes(votes.resolve("a.log"));
    int kept = 0;
    for (int sector = 0; sector < SIZE / 512; sector++) {
      int value = file[sector * 512];
      assertEquals(value, file[sector * 512 + 511], "sectors are whole");
      assertTrue(sector >= 2 || value == 1, "what was synced stands");
      kept += value == 2 ? 1 : 0;
    }
    assertTrue(kept > 0 && kept < 4, "some of four sectors, was " + kept);
    assertEquals(0, PowerLoss.strike(home, new SplittableRandom(2)), "only once");
  }

  @Test
  void aNameThatWasNotSyncedIsTheOldOne() throws Exception {
    try (JournaledSegments segments = open()) {
      segments.create("spare", SIZE);
      segments.syncNames();
      segments.write("spare", 0, filled(3, 512));
      segments.sync("spare");
      segments.rename("spare", "b.log");
    }
    assertEquals(1, PowerLoss.strike(home, new SplittableRandom(1)));
    assertTrue(Files.exists(votes.resolve("spare")));
    assertEquals(3, Files.readAllBytes(votes.resolve("spare"))[0]);
  }

  @Test
  void theDatabasesLogKeepsWhatACommitMadeDurable() throws Exception {
    Path log = home.resolve("db/000007.log");
    Files.write(log, new byte[100]);
    Files.write(home.resolve("db/000006.log"), new byte[10]);
    try (MarkedDatabase database =
        new MarkedDatabase(new MemoryDatabase(), home.resolve("db"), notes)) {
      database.commit(new Batch().put(Family.META, Bytes.utf8("a"), Bytes.utf8("b")));
    }
    ByteBuffer mark = ByteBuffer.wrap(Files.readAllBytes(notes.resolve(MarkedDatabase.MARK)));
    assertEquals(7, mark.getLong());
    assertEquals(100, mark.getLong());
    Files.write(log, new byte[200]);
    Files.write(home.resolve("db/000008.log"), new byte[50]);
    assertEquals(2, PowerLoss.strike(home, new SplittableRandom(3)));
    assertTrue(Files.size(log) >= 100 && Files.size(log) < 200);
    assertTrue(Files.size(home.resolve("db/000008.log")) < 50);
    assertEquals(10, Files.size(home.resolve("db/000006.log")));
  }
}

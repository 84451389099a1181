package nimble.storage.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.DatabaseContract;
import nimble.storage.Family;
import nimble.storage.StorageFailure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

final class RocksDatabaseTest {
  private static final int OPEN_FILES = 64;
  private static RocksMemory memory;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    memory = new RocksMemory(32L << 20, 8L << 20);
  }

  @AfterAll
  static void stop() {
    memory.close();
  }

  private RocksDatabase open(String name) {
    return RocksDatabase.open(directory.resolve(name), memory, OPEN_FILES);
  }

  @Test
  void keepsTheContract() {
    for (int seed = 0; seed < 3; seed++) {
      try (Database database = open("contract" + seed)) {
        DatabaseContract.check(database, new SplittableRandom(seed));
      }
    }
  }

  @Test
  void d5ViewsStayAsTheyWere() {
    try (Database database = open("views")) {
      DatabaseContract.checkViews(database, new SplittableRandom(1));
    }
  }

  @Test
  void databasesOfOneProcessShareTheirMemory() {
    try (Database one = open("one");
        Database other = open("other")) {
      one.commit(new Batch().put(Family.STATE, Bytes.utf8("k"), Bytes.utf8("1")));
      other.commit(new Batch().put(Family.STATE, Bytes.utf8("k"), Bytes.utf8("2")));
      assertEquals(Optional.of(Bytes.utf8("1")), one.get(Family.STATE, Bytes.utf8("k")));
      assertEquals(Optional.of(Bytes.utf8("2")), other.get(Family.STATE, Bytes.utf8("k")));
      assertTrue(memory.bytesUsed() > 0);
    }
  }

  @Test
  void d2EachCommitIsOnDiskWhenItReturns() {
    RocksSettings settings = new RocksSettings(memory, OPEN_FILES);
    Bytes key = Bytes.utf8("height");
    try (Statistics counted = new Statistics()) {
      settings.options().setStatistics(counted);
      try (Database database = RocksDatabase.open(directory.resolve("synced"), settings)) {
        for (long height = 1; height <= 3; height++) {
          database.commit(new Batch().put(Family.META, key, Bytes.ofU64(height)));
          assertEquals(height, counted.getTickerCount(TickerType.WAL_FILE_SYNCED));
        }
        database.write(new Batch().put(Family.META, key, Bytes.ofU64(4)));
        assertEquals(3, counted.getTickerCount(TickerType.WAL_FILE_SYNCED), "waits for nothing");
      }
    }
  }

  @Test
  void d3CommittedBatchesAreThereAfterReopening() {
    Bytes key = Bytes.utf8("height");
    try (Database database = open("again")) {
      database.commit(new Batch().put(Family.META, key, Bytes.ofU64(7)));
    }
    try (Database database = open("again")) {
      assertEquals(Optional.of(Bytes.ofU64(7)), database.get(Family.META, key));
    }
  }

  /// What a power cut leaves is a prefix of the write-ahead log: cut it anywhere.
  @Test
  void d1ATornLogLeavesWholeBatches() throws IOException {
    Path whole = directory.resolve("whole");
    try (Database database = open("db")) {
      for (long height = 1; height <= 20; height++) {
        Batch batch = new Batch().put(Family.META, Bytes.utf8("height"), Bytes.ofU64(height));
        batch.put(Family.HEADERS, Bytes.ofU64(height), Bytes.utf8("header"));
        batch.put(Family.BODIES, Bytes.ofU64(height), Bytes.utf8("body"));
        database.commit(batch);
      }
      copy(directory.resolve("db"), whole);
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 12; round++) {
      Path torn = directory.resolve("torn" + round);
      copy(whole, torn);
      cutLog(torn, random);
      try (Database database = RocksDatabase.open(torn, memory, OPEN_FILES)) {
        assertWhole(database);
      }
    }
  }

  private static void assertWhole(Database database) {
    long stands =
        database.get(Family.META, Bytes.utf8("height")).map(height -> height.u64At(0)).orElse(0L);
    for (long height = 1; height <= 20; height++) {
      boolean expected = height <= stands;
      assertEquals(expected, database.get(Family.HEADERS, Bytes.ofU64(height)).isPresent());
      assertEquals(expected, database.get(Family.BODIES, Bytes.ofU64(height)).isPresent());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (var files = Files.list(from)) {
      for (Path file : files.filter(each -> !each.endsWith("LOCK")).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void cutLog(Path database, SplittableRandom random) throws IOException {
    try (var files = Files.list(database)) {
      for (Path log : files.filter(each -> each.toString().endsWith(".log")).toList()) {
        byte[] bytes = Files.readAllBytes(log);
        int kept = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        Files.write(log, Bytes.wrap(bytes).slice(0, kept).toArray());
      }
    }
  }

  @Test
  void checkpointIsADatabaseOfItsOwn() {
    Bytes key = Bytes.utf8("k");
    Path copy = directory.resolve("copy");
    try (RocksDatabase database = open("db")) {
      database.commit(new Batch().put(Family.STATE, key, Bytes.utf8("before")));
      database.checkpoint(copy);
      database.commit(new Batch().put(Family.STATE, key, Bytes.utf8("after")));
    }
    try (Database database = RocksDatabase.open(copy, memory, OPEN_FILES)) {
      assertEquals(Optional.of(Bytes.utf8("before")), database.get(Family.STATE, key));
    }
  }

  @Test
  void d4ADirectoryInUseOrDamagedIsAClearStop() throws IOException {
    try (Database database = open("db")) {
      database.commit(new Batch().put(Family.META, Bytes.utf8("k"), Bytes.EMPTY));
      StorageFailure failure = assertThrows(StorageFailure.class, () -> open("db").close());
      assertTrue(String.valueOf(failure.getMessage()).contains(directory.resolve("db").toString()));
    }
    Files.writeString(directory.resolve("db").resolve("CURRENT"), "nonsense");
    StorageFailure failure = assertThrows(StorageFailure.class, () -> open("db").close());
    assertTrue(String.valueOf(failure.getMessage()).contains(directory.resolve("db").toString()));
  }

  @Test
  void aClosedDatabaseRefuses() {
    Database database = open("db");
    database.close();
    database.close();
    assertThrows(BrokenInvariant.class, () -> database.get(Family.META, Bytes.utf8("k")));
  }
}

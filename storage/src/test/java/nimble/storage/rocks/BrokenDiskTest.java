package nimble.storage.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.StorageFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// D4: what a disk does to a database ends in words that say what to do, and loses nothing that was
/// committed.
final class BrokenDiskTest {
  private static final int OPEN_FILES = 64;
  private static final int ENTRIES = 2_000;
  private static final int VALUE_BYTES = 1_000;
  private static final int BATCHES_MAX = 200;

  @TempDir Path directory;
  private Optional<Path> mounted = Optional.empty();

  private final RocksMemory memory = new RocksMemory(32L << 20, 8L << 20);

  @AfterEach
  void stop() throws IOException, InterruptedException {
    memory.close();
    if (mounted.isPresent()) {
      run("umount", mounted.get().toString());
    }
  }

  private static Bytes value(SplittableRandom random) {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    return Bytes.wrap(value);
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private Path disk(String megabytes) throws IOException, InterruptedException {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    boolean may;
    try {
      may = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.toString());
    } catch (IOException e) {
      may = false;
    }
    assumeTrue(may, "a disk of a given size needs the right to mount");
    mounted = Optional.of(disk);
    return disk.resolve("db");
  }

  @Test
  void d4AFlippedBitIsFoundAndNamed() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    Path path = directory.resolve("db");
    try (RocksDatabase database = RocksDatabase.open(path, memory, OPEN_FILES)) {
      Batch batch = new Batch();
      for (int i = 0; i < ENTRIES; i++) {
        batch.put(Family.STATE, Bytes.ofU64(i), value(random));
      }
      database.commit(batch);
      database.compact();
    }
    Path table = largestTable(path);
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 2] ^= 1;
    Files.write(table, bytes);
    try (RocksDatabase database = RocksDatabase.open(path, memory, OPEN_FILES)) {
      String words =
          words(() -> database.scan(Family.STATE, Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX)));
      assertTrue(words.contains("it is damaged") && words.contains("nimble db verify"), words);
      assertTrue(words.contains(path.toString()), words);
      assertTrue(database.get(Family.STATE, Bytes.ofU64(0)).isPresent(), "the rest is readable");
    }
  }

  private static Path largestTable(Path database) throws IOException {
    try (Stream<Path> files = Files.list(database)) {
      List<Path> tables = files.filter(it -> it.toString().endsWith(".sst")).toList();
      long most = 0;
      Path largest = tables.getFirst();
      for (Path table : tables) {
        if (Files.size(table) > most) {
          most = Files.size(table);
          largest = table;
        }
      }
      return largest;
    }
  }

  @Test
  void d4AFullDiskStopsTheNodeAndLosesNothing() throws IOException, InterruptedException {
    Path path = disk("24");
    SplittableRandom random = new SplittableRandom(2);
    int committed = 0;
    String words = "";
    try (RocksDatabase database = RocksDatabase.open(path, memory, OPEN_FILES)) {
      while (words.isEmpty() && committed < BATCHES_MAX) {
        Batch batch = new Batch();
        for (int i = 0; i < 200; i++) {
          batch.put(Family.STATE, Bytes.ofU64(200L * committed + i), value(random));
        }
        try {
          database.commit(batch);
          committed++;
        } catch (StorageFailure e) {
          words = String.valueOf(e.getMessage());
        }
      }
    }
    assertTrue(words.contains("the disk is full") && words.contains("make room"), words);
    assertTrue(run("mount", "-o", "remount,size=96m", path.resolveSibling("").toString()));
    try (RocksDatabase database = RocksDatabase.open(path, memory, OPEN_FILES)) {
      List<Entry> all = database.scan(Family.STATE, Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX));
      assertTrue(all.size() >= 200 * committed, "%d of %d".formatted(all.size(), 200 * committed));
      assertEquals(0, all.size() % 200, "whole batches");
    }
  }

  @Test
  void d4AReadOnlyDiskIsNamed() throws IOException, InterruptedException {
    Path path = disk("64");
    RocksDatabase.open(path, memory, OPEN_FILES).close();
    assertTrue(run("mount", "-o", "remount,ro", path.resolveSibling("").toString()));
    String words = words(() -> RocksDatabase.open(path, memory, OPEN_FILES));
    assertTrue(words.contains("the disk is read-only"), words);
  }

  private static String words(Executable failing) {
    return String.valueOf(assertThrows(StorageFailure.class, failing).getMessage());
  }
}

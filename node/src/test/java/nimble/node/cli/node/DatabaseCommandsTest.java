package nimble.node.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import nimble.node.Upkeep;
import nimble.node.bench.LongChain;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.site.NodeDirectory;
import nimble.storage.file.DataDirectory;
import nimble.storage.rocks.RocksDatabase;
import nimble.storage.rocks.RocksMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An operator mends and moves a node that does not run.
final class DatabaseCommandsTest {
  private static final long BLOCKS = 6;

  @TempDir Path directory;
  private final LongChain chain = new LongChain(40);

  @BeforeEach
  void make() throws Exception {
    NodeDirectory.make(home(), chain.genesis(), Map.of(), false);
    try (RocksMemory memory = new RocksMemory(32L << 20, 8L << 20);
        RocksDatabase database = RocksDatabase.open(home().resolve("db"), memory, 64)) {
      chain.grow(database, BLOCKS, Upkeep.FULL);
    }
  }

  private Path home() {
    return directory.resolve("home");
  }

  private Cli.Ran run(String... arguments) {
    return new Cli(directory).nimble(arguments);
  }

  private Cli.Ran good(String... arguments) {
    return run(arguments).expect(ExitCode.DONE);
  }

  private String home(Path path) {
    return "--home=" + path;
  }

  @Test
  void aBackupIsMadeCheckedAndRestored() throws IOException {
    Path backup = directory.resolve("backup");
    good("snapshot", "create", home(home()), "--out=" + backup);
    Cli.Ran verified = good("snapshot", "verify", home(home()), backup.toString());
    assertTrue(verified.out().contains("sound: "), verified.out());
    assertTrue(good("db", "verify", home(home())).out().contains("sound: "));

    Cli.Ran there = run("snapshot", "restore", home(home()), backup.toString());
    assertEquals(ExitCode.USER_MISTAKE, there.code());
    assertTrue(there.err().contains("nimble db reset"), there.err());

    good("db", "reset", home(home()), "--yes");
    good("snapshot", "restore", home(home()), backup.toString());
    Cli.Ran restored = good("db", "verify", home(home()), "--json");
    assertTrue(restored.out().contains("\"height\" : " + BLOCKS), restored.out());

    Path part;
    try (var parts = Files.list(backup.resolve("parts"))) {
      part = parts.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(part);
    bytes[bytes.length / 2] ^= 1;
    Files.write(part, bytes);
    Cli.Ran spoiled = run("snapshot", "verify", home(home()), backup.toString());
    assertEquals(ExitCode.USER_MISTAKE, spoiled.code());
    assertTrue(spoiled.err().contains("is damaged"), spoiled.err());
  }

  @Test
  void anOlderBlockBecomesTheNewest() {
    Cli.Ran wrong = run("db", "rollback", home(home()), "--to", "99");
    assertEquals(ExitCode.USER_MISTAKE, wrong.code());
    assertTrue(wrong.err().contains("between 0"), wrong.err());
    good("db", "rollback", home(home()), "--to", "4");
    Cli.Ran verified = good("db", "verify", home(home()), "--json");
    assertTrue(verified.out().contains("\"height\" : 4"), verified.out());
    good("db", "prune", home(home()), "--mode=pruned 16");
    good("db", "compact", home(home()));
  }

  @Test
  void damageIsNamedWithWhatMendsIt() throws IOException {
    good("db", "compact", home(home()));
    Path table;
    try (var files = Files.list(home().resolve("db"))) {
      table =
          files
              .filter(it -> it.toString().endsWith(".sst"))
              .max(Comparator.comparingLong(it -> it.toFile().length()))
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 3] ^= 1;
    Files.write(table, bytes);
    Cli.Ran said = run("db", "verify", home(home()));
    assertEquals(ExitCode.NODE_FAILED, said.code());
    assertTrue(said.out().contains("damaged:"), said.out() + said.err());
    assertTrue(said.out().contains("--sync state"), said.out());
    assertTrue(!said.err().contains("\tat "), "no stack trace");
  }

  @Test
  void anEmptyNodeHasNothingToShow() throws IOException, DataDirectory.Refused {
    good("db", "reset", home(home()), "--yes");
    Cli.Ran said = run("db", "verify", home(home()));
    assertEquals(ExitCode.USER_MISTAKE, said.code());
    assertTrue(said.err().contains("holds no chain yet"), said.err());
  }
}

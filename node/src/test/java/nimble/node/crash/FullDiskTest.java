package nimble.node.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nimble.genesis.Parameters;
import nimble.node.devnet.ChildNode;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.DevnetHome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that takes no more while blocks are written: a limit on the size of files, set on the
/// running process, makes its next writes fail as on a full one.
final class FullDiskTest {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path home;

  @Test
  void aNodeWhoseDiskTakesNoMoreSaysSoAndGoesOnWhereItWasLater() throws Exception {
    assumeTrue(Files.isExecutable(PRLIMIT), "needs prlimit");
    Devnet devnet = Devnet.fresh(1, 0, Parameters.devnet());
    DevnetHome directories = new DevnetHome(home);
    directories.writeValidator(devnet, 0, Map.of());
    ChildNode.Order order = order(directories.validator(0));

    CompletableFuture<String> ended = new CompletableFuture<>();
    ChildNode node = ChildNode.start(order, ended::complete);
    node.running();
    limit(node.pid(), logBytes(order.home().resolve("db")) + 1_000);
    String words = ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(words.contains("code 4"), words);
    String said = Files.readString(order.home().resolve("logs/process.log"));
    assertTrue(said.contains("stopped: cannot write"), said);
    assertTrue(said.contains("start the node again"), said);

    ChildNode again = ChildNode.start(order, _ -> {});
    again.running();
    assertEquals(143, again.terminate());
    assertTrue(
        Files.readString(order.log()).contains("unclean_start lastStop=UNCLEAN"),
        "it says that its last stop was not in order");
    assertTrue(Files.exists(order.home().resolve("CLEAN")), "and this one was");
  }

  private static ChildNode.Order order(Path directory) {
    return new ChildNode.Order(
        "validator0",
        directory,
        "nimble.node.cli.NimbleMain",
        128,
        System.getProperty("java.class.path", ""),
        List.of("-XX:TieredStopAtLevel=1"),
        List.of("--role", "validator", "--api", "off", "--listen", "127.0.0.1:0", "--tasks=1"));
  }

  private static long logBytes(Path database) throws IOException {
    try (Stream<Path> files = Files.list(database)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .mapToLong(file -> file.toFile().length())
          .max()
          .orElse(0);
    }
  }

  private static void limit(long pid, long bytes) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(PRLIMIT.toString(), "--pid", "" + pid, "--fsize=" + bytes).start();
    assertEquals(0, process.waitFor());
  }
}

package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.node.chain.Reporter;
import nimble.node.cli.console.ExitCode;
import nimble.node.devnet.LogFile;
import nimble.node.devnet.LogFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What operators and users set, and what the doctor says.
final class OperatorCommandsTest {
  @TempDir Path folder;
  private Path home = Path.of("");

  @BeforeEach
  void prepare() {
    Path net = folder.resolve("net");
    new Cli(folder)
        .nimble("devnet", "prepare", net.toString(), "--validators", "1")
        .expect(ExitCode.DONE);
    home = net.resolve("validator0");
  }

  @Test
  void configShowsEachValueAndItsSource() throws Exception {
    JsonNode shown =
        new Cli(folder)
            .with("NIMBLE_LOG_LEVEL", "debug")
            .nimble("config", "show", "--home", home.toString(), "--threads", "1", "--json")
            .expect(ExitCode.DONE)
            .json();
    assertEquals("NIMBLE_LOG_LEVEL", shown.path("log.level").path("source").asText());
    assertEquals("debug", shown.path("log.level").path("value").asText());
    assertEquals("flag", shown.path("compute.threads").path("source").asText());
    assertEquals("default", shown.path("log.format").path("source").asText());
    assertTrue(shown.path("p2p.listen").path("source").asText().contains("nimble.yaml:"));
    String wrong =
        new Cli(folder)
            .with("NIMBLE_LOG_FORMAT", "xml")
            .nimble("config", "show", "--home", home.toString())
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(wrong.contains("log.format must be text or json, was 'xml'"), wrong);
    String device =
        new Cli(folder)
            .nimble("config", "show", "--home", home.toString(), "--device", "tpu")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(device.contains("compute.device must be cpu or cuda, was 'tpu' (flag)"), device);
  }

  @Test
  void usersChooseForAllCommandsAndFlagsWin() throws Exception {
    Cli cli = new Cli(folder);
    cli.nbcli("config", "set", "node", "127.0.0.1:1").expect(ExitCode.DONE);
    String chosen = cli.nbcli("chain", "status").expect(ExitCode.NODE_FAILED).err();
    assertTrue(chosen.contains("127.0.0.1:1"), chosen);
    String flag =
        cli.nbcli("chain", "status", "--node", "127.0.0.1:2").expect(ExitCode.NODE_FAILED).err();
    assertTrue(flag.contains("127.0.0.1:2"), flag);
    JsonNode shown =
        cli.with("NIMBLE_WALLET_NAME", "mine")
            .nbcli("config", "show", "--json")
            .expect(ExitCode.DONE)
            .json();
    assertEquals("mine", shown.path("wallet.name").path("value").asText());
    assertTrue(shown.path("node").path("source").asText().endsWith("nbcli.yaml"));
    assertEquals("default", shown.path("timeout").path("source").asText());
    cli.nbcli("config", "set", "node").expect(ExitCode.DONE);
    assertFalse(Files.readString(folder.resolve("nbcli.yaml")).contains("127.0.0.1"));
    String unknown = cli.nbcli("config", "set", "nod", "x").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(unknown.contains("unknown key 'nod'"), unknown);
  }

  @Test
  void doctorLooksAtEverythingAndHasARemedyForEachFault() throws Exception {
    Cli.Ran ran = new Cli(folder).nimble("doctor", "--home", home.toString(), "--json");
    TreeMap<String, JsonNode> checks = new TreeMap<>();
    for (JsonNode finding : ran.json()) {
      checks.put(finding.path("check").asText(), finding);
      assertEquals(
          finding.path("mark").asText().equals("OK"), finding.path("remedy").asText().isEmpty());
    }
    for (String check :
        new String[] {
          "java",
          "cores",
          "memory",
          "data directory",
          "keys",
          "disk speed",
          "p2p.listen",
          "peers",
          "router",
          "clock"
        }) {
      assertTrue(checks.containsKey(check), () -> check + " not in " + checks.keySet());
    }
    assertEquals("OK", mark(checks, "keys"));
    assertEquals("UNKNOWN", mark(checks, "clock"));

    Files.delete(home.resolve("keys/hot.json"));
    Cli.Ran without = new Cli(folder).nimble("doctor", "--home", home.toString());
    assertEquals(ExitCode.NODE_FAILED, without.code());
    assertTrue(without.out().contains("hot.json is missing"), without.out());
    assertTrue(without.out().contains("nimble keys new"), without.out());
  }

  @Test
  void doctorRefusesWhatANodeWouldNotStartWith() throws Exception {
    Map<String, String> words =
        Map.of(
            "--relay at", "p2p.relay",
            "--relay-for -1", "p2p.relayFor",
            "--listen nowhere", "p2p.listen",
            "--sync states", "sync",
            "--trust 5:zz", "trust");
    for (Map.Entry<String, String> it : words.entrySet()) {
      String[] flag = it.getKey().split(" ", -1);
      Cli.Ran ran = new Cli(folder).nimble("doctor", "--home", home.toString(), flag[0], flag[1]);
      assertEquals(ExitCode.USER_MISTAKE, ran.code());
      assertTrue(ran.err().contains(it.getValue()), ran.err());
      assertTrue(ran.err().contains(flag[1]), ran.err());
    }
    Cli.Ran stored =
        new Cli(folder)
            .with("NIMBLE_STORAGE_MODE", "pruned 3")
            .nimble("doctor", "--home", home.toString())
            .expect(ExitCode.USER_MISTAKE);
    assertTrue(stored.err().contains("storage.mode"), stored.err());
  }

  private static String mark(SortedMap<String, JsonNode> checks, String check) {
    return Objects.requireNonNull(checks.get(check)).path("mark").asText();
  }

  @Test
  void logsAreLinesOfTextOrJson() throws Exception {
    Path file = folder.resolve("log.json");
    try (LogFile log = new LogFile(file, Reporter.Level.INFO, LogFormat.JSON)) {
      log.info("view_skipped", "view", 7L, "reason", "leader \"silent\"\nas ever");
      log.debug("not_this", "x", 1);
    }
    JsonNode line = new ObjectMapper().readTree(Files.readString(file));
    assertEquals("view_skipped", line.path("event").asText());
    assertEquals("INFO", line.path("level").asText());
    assertTrue(line.path("view").isIntegralNumber());
    assertEquals("leader \"silent\"\nas ever", line.path("reason").asText());

    Path text = folder.resolve("log.txt");
    try (LogFile log = new LogFile(text, Reporter.Level.INFO)) {
      log.info("view_skipped", "view", 7L, "reason", "two words");
    }
    assertTrue(Files.readString(text).endsWith("INFO view_skipped view=7 reason=\"two words\"\n"));
  }

  @Test
  void logsSayWhereItBroke() throws Exception {
    Path file = folder.resolve("broken.txt");
    IllegalStateException bare = new IllegalStateException("bare");
    bare.setStackTrace(new StackTraceElement[0]);
    try (LogFile log = new LogFile(file, Reporter.Level.INFO)) {
      log.report(Reporter.Level.ERROR, "node_failed", "cause", new IllegalStateException("here"));
      log.report(Reporter.Level.ERROR, "node_failed", "cause", bare);
    }
    List<String> lines = Files.readAllLines(file);
    assertTrue(
        lines
            .getFirst()
            .contains("here at " + OperatorCommandsTest.class.getName() + ".logsSayWhereItBroke:"),
        lines::toString);
    assertTrue(lines.getLast().endsWith("IllegalStateException: bare\""), lines::toString);
  }
}

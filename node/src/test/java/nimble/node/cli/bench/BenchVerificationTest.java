package nimble.node.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bench itself, on a model of a few thousand parameters: what it says must hold there too.
final class BenchVerificationTest {
  @TempDir private Path home;

  @Test
  void itFindsCheatsAndNoHonestWork() throws IOException {
    Path file = home.resolve("figures.json");
    Cli.Ran ran =
        new Cli(home)
            .nimble("bench", "verification", "--quick", "--json", file.toString())
            .expect(ExitCode.DONE);
    assertTrue(ran.out().contains("ROUNDS TO 99 %"), ran.out());
    JsonNode figures = new ObjectMapper().readTree(file.toFile());
    assertEquals(0, figures.path("falseAlarms").asInt(-1), figures::toString);
    assertTrue(figures.path("honestAudits").asInt() >= 72, figures::toString);
    Set<String> pairs = new TreeSet<>();
    figures.path("pairs").forEach(it -> pairs.add(it.path("miner") + " " + it.path("auditor")));
    assertEquals(4, pairs.size(), pairs::toString);
    int within = 0;
    for (JsonNode cheat : figures.path("cheats")) {
      assertTrue(cheat.path("noticed").asInt() > 0 || !isSame(cheat), cheat::toString);
      within += isSame(cheat) ? 1 : 0;
    }
    assertEquals(16, within);
    assertEquals(0, figures.at("/referee/honestOutside").asInt(-1), figures::toString);
    JsonNode dispute = figures.path("dispute");
    assertEquals(dispute.path("disputes"), dispute.path("liarsConvicted"), dispute::toString);
    assertEquals(3, dispute.path("falseAccusersLost").asInt(), dispute::toString);
    assertTrue(dispute.path("movesMost").asInt() <= 6, dispute::toString);
    assertFalse(figures.at("/verificationShare/byCpuTime").isMissingNode());
    assertTrue(figures.at("/bytes/onChain/roundCommitMost").asInt() <= 250, figures::toString);
  }

  private static boolean isSame(JsonNode cheat) {
    return cheat.path("sameClass").asBoolean();
  }

  @Test
  void badOptionsAreRefusedInOneLine() {
    Cli.Ran ran = new Cli(home).nimble("bench", "verification", "--honest", "0");
    assertEquals(ExitCode.USER_MISTAKE, ran.code());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().contains("--honest must be between 1 and"), ran.err());
    Cli.Ran foreign =
        new Cli(home).nimble("bench", "verification", "--quick", "--miners", "default/7");
    assertEquals(ExitCode.USER_MISTAKE, foreign.code());
    assertTrue(foreign.err().contains("was default/7: name it with --classes"), foreign.err());
  }
}

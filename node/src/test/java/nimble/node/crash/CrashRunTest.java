package nimble.node.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import nimble.node.devnet.DevnetHome;
import nimble.storage.file.PowerLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real processes, killed. Slow where the machine is busy, and right all the same: nothing here
/// depends on time but the figures, which are not judged.
final class CrashRunTest {
  private static final int CYCLES = 20;

  @TempDir Path home;

  @Test
  void killedValidatorsNeitherVoteTwiceNorLoseBlocks() throws Exception {
    Plan plan = new Plan(4, CYCLES, 1, home, "nimble.node.cli.NimbleMain");
    ObjectNode figures =
        CrashRun.run(plan, line -> assertTrue(line.startsWith("cycle"), plan.command()));
    assertEquals(CYCLES, figures.path("cycles").asInt());
    assertTrue(figures.path("kills").asInt() >= CYCLES, figures::toString);
    assertTrue(figures.path("votesChecked").asLong() > 100, figures::toString);
    assertTrue(figures.path("transfersFinal").asLong() > 0, figures::toString);
    assertTrue(figures.path("powerLosses").asInt() > 0, figures::toString);
    for (int i = 0; i < plan.validators(); i++) {
      Path notes = PowerLoss.notes(new DevnetHome(home).validator(i));
      assertTrue(Files.exists(notes.resolve("database.synced")), "K7: it notes what is durable");
    }
  }
}

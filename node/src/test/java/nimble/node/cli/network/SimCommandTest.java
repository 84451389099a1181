package nimble.node.cli.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.option.FaultOption;
import nimble.training.fault.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SimCommandTest {
  @TempDir Path home;

  @Test
  void oneSeedGivesOneDocument() {
    String[] command = {
      "sim", "--seed", "7", "--miners", "0", "--transfers", "3", "--crashes", "0", "--json"
    };
    String first = run(command).expect(ExitCode.DONE).out();
    assertTrue(first.contains("\"transfers\" : 3"), first);
    assertEquals(first, run(command).expect(ExitCode.DONE).out());
  }

  @Test
  void minerThatDeviatesIsReplaced() {
    String[] command = {
      "sim",
      "--miners",
      "4",
      "--transfers",
      "0",
      "--crashes",
      "0",
      "--splits",
      "0",
      "--storms",
      "0",
      "--fault",
      "VanishesMidRound",
      "--json"
    };
    String out = run(command).expect(ExitCode.DONE).out();
    assertTrue(out.contains("\"job\" : \"COMPLETED\""), out);
    assertTrue(out.contains(" --fault VanishesMidRound\""), "the replay names it");
  }

  @Test
  void faultNeedsAnActorAndAJob() {
    String unknown = refused("sim", "--fault", "Honest");
    assertTrue(
        unknown.contains("--fault: ACTOR must be one of SkipsWork, StaleWeights, "), unknown);
    for (Fault fault : Fault.values()) {
      assertTrue(FaultOption.ACTORS.contains(fault.toString()), fault::toString);
    }
    String idle = refused("sim", "--fault", "BitFlip", "--miners", "0");
    assertTrue(idle.contains("--fault needs a job: --miners"), idle);
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    String words = refused("sim", "--validators", "0");
    assertTrue(words.contains("--validators must be between 1 and 20, was 0"), words);
  }

  private String refused(String... arguments) {
    return run(arguments).expect(ExitCode.USER_MISTAKE).err();
  }

  private Cli.Ran run(String... arguments) {
    return new Cli(home).nimble(arguments);
  }
}

package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import nimble.training.fault.Fault;
import org.junit.jupiter.api.Test;

final class SimCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void oneSeedGivesOneDocument() {
    String[] command = {
      "sim", "--seed", "7", "--miners", "0", "--transfers", "3", "--crashes", "0", "--json"
    };
    assertEquals(ExitCode.DONE, run(command), err::toString);
    String first = out.toString();
    assertTrue(first.contains("\"transfers\" : 3"), first);
    out.getBuffer().setLength(0);
    assertEquals(ExitCode.DONE, run(command), err::toString);
    assertEquals(first, out.toString());
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
    assertEquals(ExitCode.DONE, run(command), () -> err + "" + out);
    assertTrue(out.toString().contains("\"job\" : \"COMPLETED\""), out::toString);
    assertTrue(out.toString().contains(" --fault VanishesMidRound\""), "the replay names it");
  }

  @Test
  void faultNeedsAnActorAndAJob() {
    assertEquals(ExitCode.USER_MISTAKE, run("sim", "--fault", "Honest"));
    assertTrue(
        err.toString().contains("--fault: ACTOR must be one of SkipsWork, StaleWeights, "),
        err::toString);
    for (Fault fault : Fault.values()) {
      assertTrue(FaultOption.ACTORS.contains(fault.toString()), fault::toString);
    }
    assertEquals(ExitCode.USER_MISTAKE, run("sim", "--fault", "BitFlip", "--miners", "0"));
    assertTrue(err.toString().contains("--fault needs a job: --miners"), err::toString);
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    assertEquals(ExitCode.USER_MISTAKE, run("sim", "--validators", "0"));
    assertTrue(
        err.toString().contains("--validators must be between 1 and 20, was 0"), err::toString);
  }

  private int run(String... arguments) {
    NimbleMain nimble = new NimbleMain(new Surroundings(Map.of(), Optional.empty(), System.in));
    return CommandRun.of(nimble, new PrintWriter(out), new PrintWriter(err), arguments);
  }
}

package nimble.node.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.vm.djl.Numeric;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Numeric classes by commands, of a model that takes moments.
final class ClassCommandsTest {
  private static final String JOB =
      """
      name: small
      model: {context: 8, layers: 1, heads: 2, width: 16}
      data: {file: text.txt}
      training: {steps: 4, batch: 4, microBatches: 2}
      money: {budget: 10, maxPricePerHour: 5}
      """;

  @TempDir Path folder;
  private String job = "";

  @BeforeEach
  void write() throws Exception {
    Files.writeString(folder.resolve("text.txt"), "the quick brown fox jumps. ".repeat(50));
    job = Files.writeString(folder.resolve("job.yaml"), JOB).toString();
  }

  private Cli.Ran nimble(String... arguments) {
    return new Cli(folder).nimble(arguments);
  }

  @Test
  void classIsOfTheProgramAndTheBeacon() throws Exception {
    String[] show = {"class", "show", "--spec", job, "--json"};
    JsonNode first = nimble(show).expect(ExitCode.DONE).json();
    assertEquals(1, first.path("classes").size());
    String beacon = "11".repeat(32);
    JsonNode probed =
        nimble("class", "probe", "--spec", job, "--json").expect(ExitCode.DONE).json();
    assertEquals(first, probed);
    JsonNode other =
        nimble("class", "show", "--spec", job, "--beacon", beacon, "--json")
            .expect(ExitCode.DONE)
            .json();
    assertNotEquals(first.path("classes"), other.path("classes"));
    nimble("class", "show", "--beacon", "11").expect(ExitCode.USER_MISTAKE);
  }

  /// Two settings, in processes of their own.
  @Test
  void calibrationProposesTwiceTheLargestError() throws Exception {
    List<Numeric.Cap> caps = Numeric.Cap.allowed();
    String settings = "%s,%s/2".formatted(caps.getFirst(), caps.getLast());
    JsonNode found =
        nimble(
                "class",
                "calibrate",
                "--spec",
                job,
                "--steps",
                "2",
                "--samples",
                "1",
                "--classes",
                settings,
                "--json")
            .expect(ExitCode.DONE)
            .json();
    assertEquals(2, found.path("settings").size());
    assertEquals(2, found.path("pairs").size());
    double largest = 0;
    for (JsonNode pair : found.path("pairs")) {
      largest = Math.max(largest, pair.path("y").asDouble());
    }
    assertEquals(largest, found.path("largest").path("y").asDouble());
    double proposed = found.path("proposed").path("output").asDouble() / 1e9;
    assertEquals(2 * largest, proposed, 1e-9);
    assertTrue(proposed <= found.path("devnet").path("output").asDouble() / 1e9);
    nimble("class", "calibrate", "--classes", "avx2").expect(ExitCode.USER_MISTAKE);
  }
}

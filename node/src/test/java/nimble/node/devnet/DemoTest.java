package nimble.node.devnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.genesis.Parameters;
import nimble.ledger.Supply;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.files.Mistake;
import nimble.training.fault.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real demo, over real sockets, databases and the tensor library.
final class DemoTest {
  private static final int STEPS = 20;
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path home;

  @Test
  void aNetworkTrainsIsPaidAndGenerates() throws Exception {
    Demo demo =
        new Demo(
            new Demo.Order(Optional.empty(), ROOT, STEPS, 4, 3),
            new PrintWriter(new StringWriter()),
            false);
    try (RunningNetwork network = RunningNetwork.start(4, 3, 2, home, 0, Reporter.SILENT)) {
      Demo.Result result = demo.run(network, demo.text());
      assertEquals(Optional.empty(), network.failure());
      assertEquals("COMPLETED", result.job().getState());
      checkSummary(result.summary().json());
      checkMoney(network);
    }
  }

  /// The liar is convicted, its bond is gone, and the spare finishes its stage.
  @Test
  void aMinerThatSkipsWorkIsSlashedAndReplaced() throws Exception {
    TreeMap<Integer, Fault> faults = new TreeMap<>();
    faults.put(1, Fault.SKIPS_WORK);
    Devnet devnet = Devnet.fresh(4, 4, Parameters.devnet()).with(faults);
    Demo demo =
        new Demo(
            new Demo.Order(Optional.empty(), ROOT, 2 * STEPS, 4, 4),
            new PrintWriter(new StringWriter()),
            false);
    try (RunningNetwork network = RunningNetwork.start(devnet, 2, home, 0, Reporter.SILENT)) {
      JsonNode json = demo.run(network, demo.text()).summary().json();
      assertEquals(Optional.empty(), network.failure());
      assertEquals("COMPLETED", json.path("job").path("state").asText());
      assertEquals(1, json.path("slashes").size());
      JsonNode slash = json.path("slashes").get(0);
      assertEquals(json.path("miners").get(1).path("address"), slash.path("miner"));
      assertTrue(slash.path("amount").asLong() > 0);
      assertTrue(json.path("job").path("auditsRejected").asInt() >= 1);
      assertEquals(1, json.path("job").path("rematches").asInt());
      checkMoney(network);
    }
  }

  private static void checkSummary(JsonNode json) {
    JsonNode job = json.path("job");
    assertEquals(
        List.of(
            "height",
            "finalizedHeight",
            "job",
            "rewards",
            "sample",
            "model",
            "miners",
            "slashes",
            "strikes",
            "deviations",
            "disputes",
            "classes",
            "consistent"),
        names(json));
    assertTrue(json.path("consistent").asBoolean());
    assertEquals(STEPS, job.path("steps").asInt());
    assertEquals(2, job.path("rounds").asInt());
    assertEquals(3, job.path("stages").size());
    assertTrue(job.path("lastLoss").asDouble() < job.path("firstLoss").asDouble());
    assertTrue(job.path("validationLoss").asDouble() > 0);
    assertTrue(job.path("tokensPerSecond").asDouble() > 0);
    assertTrue(job.path("auditsUpheld").asInt() > 0);
    assertEquals(job.path("audits").asInt(), job.path("auditsUpheld").asInt());
    assertTrue(job.path("verificationShare").asDouble() > 0);
    assertEquals(0, json.path("slashes").size());
    assertEquals(
        List.of(
            "dateTime",
            "gpuUsed",
            "gpuProvider",
            "gpuPricePerHour",
            "modelTrained",
            "modelParameters",
            "theme",
            "timeTraining",
            "senderAddress"),
        names(job.path("metadata")));
    json.path("rewards").forEach(reward -> assertTrue(reward.path("paid").asLong() > 0));
    assertFalse(json.path("sample").asText().isEmpty());
    assertEquals(64, json.path("model").path("manifest").asText().length());
  }

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /// L1 on a chain that has lived: every nim-unit is somewhere.
  private static void checkMoney(RunningNetwork network) {
    for (LocalNetwork.Member member : network.network().members()) {
      FinalizedChain chain = member.node().chain();
      long total = chain.read(state -> Supply.of(state).total());
      assertEquals(
          network.network().devnet().genesis().parameters().money().supplyCap(),
          total,
          member.name());
    }
  }

  @Test
  void aTextThatIsTooShortIsRefusedBeforeAnythingStarts() throws Exception {
    Path text = Files.writeString(home.resolve("short.txt"), "To be, or not to be");
    Mistake mistake = assertThrows(Mistake.class, () -> DemoText.of(text));
    assertTrue(mistake.words().contains("19 bytes"), mistake.words());
  }
}

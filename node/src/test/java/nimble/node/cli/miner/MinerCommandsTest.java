package nimble.node.cli.miner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.node.chain.Reporter;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.devnet.DevnetHome;
import nimble.node.devnet.RunningNetwork;
import nimble.vm.djl.DjlMachine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What miners, validators and senders of jobs ask of a chain that runs, by commands.
final class MinerCommandsTest {
  @TempDir static Path folder;

  private static RunningNetwork network;
  private static String node = "";

  @BeforeAll
  static void start() throws Exception {
    network = RunningNetwork.start(1, 0, 1, folder.resolve("network"), 0, Reporter.SILENT);
    node = network.api().host() + ":" + network.api().port();
    new DevnetHome(folder).writeWallet("developer", network.devnet().developer());
  }

  @AfterAll
  static void stop() throws Exception {
    network.close();
  }

  private static Cli.Ran nbcli(String wallet, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--node", node));
    if (!wallet.isEmpty()) {
      all.addAll(List.of("--wallet.name", wallet));
    }
    return new Cli(folder)
        .with("NIMBLE_PASSWORD", DevnetHome.PASSWORD)
        .nbcli(all.toArray(String[]::new));
  }

  private static JsonNode json(String wallet, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return nbcli(wallet, all.toArray(String[]::new)).expect(ExitCode.DONE).json();
  }

  /// A wallet with some NIM.
  private static String fund(String wallet, String amount) throws Exception {
    String address =
        new Cli(folder)
            .with("NIMBLE_PASSWORD", DevnetHome.PASSWORD)
            .nbcli("wallet", "create", "--wallet.name", wallet, "--json")
            .expect(ExitCode.DONE)
            .json()
            .path("address")
            .asText();
    json("developer", "wallet", "transfer", "--to", wallet, "--amount", amount);
    return address;
  }

  @Test
  void minerRegistersOffersAndLeaves() throws Exception {
    String address = fund("alice", "50");
    assertFalse(json("alice", "miner", "status").path("registered").asBoolean());
    json("alice", "miner", "register", "--endpoint", "127.0.0.1:7055", "--bond", "10");
    json(
        "alice",
        "miner",
        "offer",
        "--price-per-hour",
        "1.5",
        "--memory",
        "2GiB",
        "--speed",
        "12.5G",
        "--device-name",
        "desk");
    JsonNode view = json("alice", "miner", "status");
    assertEquals(address, view.path("address").asText());
    assertEquals("alice", view.path("name").asText());
    assertEquals("127.0.0.1:7055", view.path("endpoint").asText());
    assertEquals("10000000000", view.path("bond").asText());
    JsonNode offer = view.path("offer");
    assertEquals("CPU", offer.path("device").asText());
    assertEquals("2147483648", offer.path("memoryBytes").asText());
    assertEquals("12500000000", offer.path("operationsPerSecond").asText());
    assertEquals("1500000000", offer.path("pricePerHour").asText());

    json("alice", "miner", "register", "--name", "Alice's desk");
    JsonNode renamed = json("", "miner", "status", address);
    assertEquals("Alice's desk", renamed.path("name").asText());
    assertEquals(view.path("endpoint"), renamed.path("endpoint"));
    assertEquals(view.path("validator"), renamed.path("validator"));

    json("alice", "miner", "offer", "--withdraw");
    assertFalse(json("alice", "miner", "status").has("offer"));
    nbcli("alice", "miner", "offer", "--withdraw").expect(ExitCode.REJECTED);
    json("alice", "miner", "bond", "remove", "--amount", "4");
    JsonNode left = json("alice", "miner", "status");
    assertEquals("6000000000", left.path("bond").asText());
    assertEquals("4000000000", left.path("unbonding").asText());
    json("alice", "miner", "bond", "add", "--amount", "1");
    String table = nbcli("alice", "miner", "status").expect(ExitCode.DONE).out();
    assertTrue(table.contains("7 NIM") && table.contains("no stage yet"), table);
  }

  @Test
  void mistakesOfMinersAreNamed() throws Exception {
    fund("bob", "5");
    String early =
        nbcli("bob", "miner", "offer", "--price-per-hour", "1", "--speed", "1G")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(early.contains("nbcli miner register"), early);
    nbcli("bob", "miner", "offer").expect(ExitCode.USER_MISTAKE);
    String memory =
        nbcli("bob", "miner", "offer", "--price-per-hour", "1", "--memory", "2 gigs")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(memory.contains("--memory must be") && memory.contains("2 gigs"), memory);
    String endpoint =
        nbcli("bob", "miner", "register", "--endpoint", "here").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(endpoint.contains("--endpoint"), endpoint);
    String much =
        nbcli("bob", "miner", "register", "--bond", "500").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(much.contains("needs 500 NIM"), much);
    String other =
        nbcli(
                "bob",
                "miner",
                "register",
                "--validator",
                json("bob", "miner", "status").path("address").asText())
            .expect(ExitCode.REJECTED)
            .err();
    assertTrue(other.contains("is no validator"), other);
    nbcli("nobody", "miner", "status").expect(ExitCode.USER_MISTAKE);
  }

  @Test
  void jobsOfNobodyCannotBeEndedOrFed() {
    Cli.Ran cancel = nbcli("developer", "job", "cancel", "7").expect(ExitCode.REJECTED);
    assertTrue(cancel.err().contains("there is no job 7"), cancel.err());
    Cli.Ran topUp = nbcli("developer", "job", "topup", "7", "2").expect(ExitCode.REJECTED);
    assertTrue(topUp.err().contains("there is no job 7"), topUp.err());
    nbcli("developer", "job", "topup", "7", "0").expect(ExitCode.USER_MISTAKE);
    nbcli("developer", "job", "cancel", "0").expect(ExitCode.USER_MISTAKE);
  }

  @Test
  void validatorTellsOfItself() throws Exception {
    JsonNode status = json("", "validator", "status");
    JsonNode listed = json("", "validator", "list").path("validators").get(0);
    assertEquals(listed.path("address"), status.path("validator").path("address"));
    assertEquals(status.path("totalStake"), listed.path("stake"));
    assertEquals(status.path("blocks").asInt(), status.path("blocksLed").asInt());
    assertEquals(status.path("votesCarried"), status.path("votesSigned"));
    String table = nbcli("", "validator", "status").expect(ExitCode.DONE).out();
    assertTrue(table.contains("100.0 % of all votes"), table);
    String none = nbcli("", "validator", "status", "tnim1x").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(none.contains("tnim1x"), none);
  }

  @Test
  void speedOfThisMachineIsMeasured() {
    try (var machine = new DjlMachine()) {
      assertTrue(SpeedProbe.operationsPerSecond(machine) > 1_000_000);
    }
  }
}

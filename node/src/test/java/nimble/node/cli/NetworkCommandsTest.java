package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.Genesis;
import nimble.node.chain.Reporter;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.sending.Sender;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.devnet.RunningNetwork;
import nimble.node.files.GenesisFile;
import nimble.node.loop.Inbox;
import nimble.node.net.Peers;
import nimble.p2p.Penalty;
import nimble.types.ChainId;
import nimble.types.PublicKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands against a real node: one validator, no miners.
final class NetworkCommandsTest {
  @TempDir static Path folder;

  private static RunningNetwork network;
  private static String node = "";
  private static String developer = "";
  private static Genesis genesis;

  @BeforeAll
  static void start() throws Exception {
    network = RunningNetwork.start(1, 0, 1, folder.resolve("network"), 0, Reporter.SILENT);
    node = network.api().host() + ":" + network.api().port();
    genesis = network.network().devnet().genesis();
    SigningKey key = network.network().devnet().developer().account();
    developer = AddressForm.TEST.show(AddressForm.addressOf(key.publicKey()));
    new Cli(folder).keepWallet("developer", key);
    Files.createDirectories(folder.resolve("known"));
    Files.writeString(folder.resolve("known/genesis.json"), GenesisFile.show(genesis));
  }

  @AfterAll
  static void stop() throws Exception {
    network.close();
  }

  private static Cli.Ran nbcli(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--node", node));
    return new Cli(folder).nbcli(all.toArray(String[]::new));
  }

  private static JsonNode json(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return nbcli(all.toArray(String[]::new)).expect(ExitCode.DONE).json();
  }

  @Test
  void consensusIsShownAsJsonAndReadable() throws Exception {
    Cli cli = new Cli(folder);
    String text = cli.nimble("consensus", "dump", "--node", node).expect(ExitCode.DONE).out();
    assertTrue(text.contains("quorum"), text);
    assertTrue(text.contains("NOTARIZE"), text);
    JsonNode json =
        cli.nimble("consensus", "dump", "--node", node, "--json").expect(ExitCode.DONE).json();
    assertTrue(json.path("view").asLong() > 0, json::toString);
  }

  private static String fresh(String wallet) {
    return new Cli(folder).freshWallet(wallet);
  }

  @Test
  void moneyMovesAndIsProven() throws Exception {
    String receiver = fresh("receiver");
    JsonNode receipt =
        json(
            "wallet",
            "transfer",
            "--wallet.name",
            "developer",
            "--to",
            receiver,
            "--amount",
            "12.5",
            "--yes");
    assertTrue(receipt.path("applied").asBoolean());
    assertEquals(
        "12500000000",
        json("wallet", "balance", "--wallet.name", "receiver").path("balance").asText());

    JsonNode transaction = json("chain", "tx", receipt.path("id").asText());
    assertEquals(developer, transaction.path("sender").asText());
    assertEquals("Transfer", transaction.path("call").asText());
    JsonNode block = json("chain", "block", transaction.path("height").asText());
    assertTrue(block.path("transactions").toString().contains(receipt.path("id").asText()));

    JsonNode proof = json("chain", "proof", "account/" + receiver, "--network", "known");
    assertTrue(proof.path("verified").asBoolean());
    assertTrue(proof.path("genesisKnown").asBoolean());
    assertTrue(proof.path("present").asBoolean());
    JsonNode absence = json("chain", "proof", "key/" + "01".repeat(21));
    assertFalse(absence.path("present").asBoolean());
    assertTrue(absence.path("verified").asBoolean());
  }

  @Test
  void whatWalletsOwnAndDidIsListed() throws Exception {
    fresh("quiet");
    String saver = fresh("saver");
    json("wallet", "transfer", "--wallet.name", "developer", "--to", saver, "--amount", "7");
    json("stake", "add", "--wallet.name", "saver", "--amount", "2");

    String copy = folder.resolve("saver.json").toString();
    new Cli(folder).nbcli("wallet", "export", copy, "--wallet.name", "saver").expect(ExitCode.DONE);
    new Cli(folder)
        .nbcli("wallet", "regen", "--keystore", copy, "--wallet.name", "saver-again")
        .expect(ExitCode.DONE);
    JsonNode overview = json("wallet", "overview");
    long sum = 0;
    for (JsonNode wallet : overview.path("wallets")) {
      // The same account, counted once.
      boolean again = wallet.path("wallet").asText().equals("saver-again");
      sum += again ? 0 : wallet.path("total").asLong();
      if (wallet.path("wallet").asText().equals("saver")) {
        assertEquals("2000000000", wallet.path("stake").asText());
        assertEquals(6, wallet.path("total").asLong() / 1_000_000_000);
      }
    }
    assertEquals(sum, overview.path("total").asLong());
    assertTrue(nbcli("wallet", "overview").expect(ExitCode.DONE).out().contains("saver"));

    JsonNode stakes = json("stake", "list");
    List<JsonNode> savers = new ArrayList<>();
    stakes.forEach(it -> {
      if (it.path("wallet").asText().equals("saver")) {
        savers.add(it);
      }
    });
    assertEquals(1, savers.size());
    assertEquals("stake", savers.getFirst().path("kind").asText());
    assertEquals("2000000000", savers.getFirst().path("amount").asText());

    JsonNode history = json("wallet", "history", "--wallet.name", "saver");
    assertEquals(2, history.size());
    assertEquals("StakeAdd", history.path(0).path("call").asText());
    assertEquals("7000000000", history.path(1).path("amount").asText());
    assertEquals(developer, history.path(1).path("sender").asText());
    assertEquals(history, json("wallet", "history", "--address", saver));
    assertTrue(nbcli("wallet", "history", "--wallet.name", "saver").out().contains("+7 NIM"));
    String none = nbcli("wallet", "history", "--wallet.name", "quiet").out();
    assertTrue(none.contains("nothing in the newest 1000 blocks"), none);
    assertTrue(
        nbcli("wallet", "history", "--blocks", "0")
            .expect(ExitCode.USER_MISTAKE)
            .err()
            .contains("--blocks must be between"));
  }

  @Test
  void parametersAndModelsAreShown() throws Exception {
    JsonNode parameters = json("chain", "params");
    assertTrue(parameters.path("consensus").isObject(), parameters::toString);
    assertTrue(nbcli("chain", "params").expect(ExitCode.DONE).out().contains("consensus."));
    assertEquals(0, json("miner", "models").size());
    assertTrue(nbcli("miner", "models").out().contains("no model is published"));
  }

  @Test
  void rewardsAreExplained() throws Exception {
    String idle = fresh("idle");
    JsonNode told = json("reward", "explain", idle);
    assertEquals(idle, told.path("address").asText());
    assertEquals("0", told.path("income").path("paid").asText());
    assertEquals("500", told.path("terms").path("workFactorPermille").asText());
    assertTrue(
        nbcli("reward", "explain", "--wallet.name", "idle")
            .expect(ExitCode.DONE)
            .out()
            .contains("= paid"));
    JsonNode history = json("reward", "history");
    assertTrue(Long.parseLong(history.path("rewardPool").asText()) > 0);
    assertTrue(nbcli("reward", "explain", "nobody").err().contains("nobody"));
  }

  @Test
  void doubleVotesAreListedAndReported() throws Exception {
    assertEquals(0, json("validator", "evidence").path("evidence").size());
    assertTrue(nbcli("validator", "evidence").out().contains("no double vote"));
    assertTrue(
        nbcli("validator", "report", "nobody", "--wallet.name", "developer")
            .expect(ExitCode.USER_MISTAKE)
            .err()
            .contains("VALIDATOR: 'nobody'"));
    assertTrue(
        nbcli("validator", "report", developer, "--wallet.name", "developer")
            .expect(ExitCode.USER_MISTAKE)
            .err()
            .contains("holds no double vote of " + developer));
  }

  @Test
  void stakeGoesAndComesBack() throws Exception {
    String staker = fresh("staker");
    json("wallet", "transfer", "--wallet.name", "developer", "--to", staker, "--amount", "5");
    json("stake", "add", "--wallet.name", "staker", "--amount", "3");
    assertEquals(
        "3000000000", json("stake", "show", "--wallet.name", "staker").path("stake").asText());
    json("stake", "remove", "--wallet.name", "staker");
    JsonNode after = json("stake", "show", "--wallet.name", "staker");
    assertEquals("0", after.path("stake").asText());
    assertEquals("3000000000", after.path("unbonding").asText());
    String nothing =
        nbcli("stake", "remove", "--wallet.name", "staker").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(nothing.contains("no free bond and stake"), nothing);
    json("wallet", "transfer", "--wallet.name", "staker", "--to", developer, "--all");
    assertEquals(
        0,
        json("wallet", "balance", "--wallet.name", "staker").path("balance").asLong() / 1_000_000);
  }

  @Test
  void validatorsComeAndGoAndOthersVoteWithThem() throws Exception {
    String candidate = fresh("candidate");
    json("wallet", "transfer", "--wallet.name", "developer", "--to", candidate, "--amount", "120");
    VoteSigningKey vote = VoteSigningKey.fromSeed(Bytes.wrap(new byte[32]));
    String[] register = {
      "validator",
      "register",
      "--wallet.name",
      "candidate",
      "--hot-key",
      "5a".repeat(32),
      "--vote-key",
      vote.voteKey().toString(),
      "--proof",
      vote.provePossession().toString(),
      "--commission",
      "7.5",
      "--stake",
      "1"
    };
    String little = nbcli(register).expect(ExitCode.USER_MISTAKE).err();
    assertTrue(little.contains("give --stake"), little);
    register[register.length - 1] = "100";
    json(register);
    JsonNode status = json("validator", "status", candidate).path("candidate");
    assertEquals("ACTIVE", status.path("standing").asText());
    assertEquals("75", status.path("commissionPermille").asText());
    assertEquals("100000000000", status.path("stake").asText());

    String[] delegate = {
      "stake", "delegate", "--wallet.name", "developer", "--validator", candidate, "--amount", "3"
    };
    json(delegate);
    JsonNode shown = json("stake", "show", "--wallet.name", "developer").path("delegations");
    assertEquals(candidate, shown.path(0).path("validator").asText());
    assertEquals("3000000000", shown.path(0).path("worth").asText());
    assertTrue(
        nbcli("stake", "show", "--wallet.name", "developer")
            .expect(ExitCode.DONE)
            .out()
            .contains(candidate));
    JsonNode standing = json("validator", "list").path("candidates");
    assertEquals(2, standing.size());
    assertEquals("3000000000", standing.path(1).path("delegated").asText());
    json("stake", "undelegate", "--wallet.name", "developer", "--validator", candidate);
    String gone =
        nbcli("stake", "undelegate", "--wallet.name", "developer", "--validator", candidate)
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(gone.contains("nothing is delegated"), gone);

    String free = nbcli("validator", "unjail", "--wallet.name", "candidate").err();
    assertTrue(free.contains("is not jailed"), free);
    JsonNode exit = json("validator", "exit", "--wallet.name", "candidate");
    assertEquals("ValidatorExit", exit.path("call").asText());
    assertTrue(
        nbcli("validator", "status", candidate).expect(ExitCode.DONE).out().contains("left;"));
    assertEquals(1, json("validator", "list").path("candidates").size());
  }

  @Test
  void mistakesAreNamed() throws Exception {
    String much =
        nbcli(
                "wallet",
                "transfer",
                "--wallet.name",
                "developer",
                "--to",
                developer,
                "--amount",
                "1000000")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(much.contains("--amount must be at most"), much);
    String to =
        nbcli("wallet", "transfer", "--wallet.name", "developer", "--to", "tnim1x", "--amount", "1")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(to.contains("--to: 'tnim1x'"), to);
    String password =
        new Cli(folder)
            .with("NIMBLE_PASSWORD", "not this one")
            .nbcli(
                "wallet",
                "transfer",
                "--wallet.name",
                "developer",
                "--to",
                developer,
                "--amount",
                "1",
                "--node",
                node)
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(password.contains("wrong password"), password);
    nbcli("wallet", "balance", "--wallet.name", "nobody").expect(ExitCode.USER_MISTAKE);
    nbcli("chain", "block", "999999").expect(ExitCode.USER_MISTAKE);
    nbcli("chain", "tx", "abc").expect(ExitCode.USER_MISTAKE);
    nbcli("chain", "proof", "nonsense").expect(ExitCode.USER_MISTAKE);
    nbcli("job", "show", "77").expect(ExitCode.USER_MISTAKE);
    nbcli("model", "infer", "77", "--prompt", "x").expect(ExitCode.USER_MISTAKE);
    String network =
        nbcli("chain", "status", "--network", "mainnet").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(network.contains("not on mainnet"), network);
  }

  @Test
  void nodeWithAnotherGenesisIsRefused() throws Exception {
    Genesis other =
        new Genesis(
            new ChainId("other"),
            genesis.prefix(),
            genesis.timeMillis(),
            genesis.beacon(),
            genesis.rewardPool(),
            genesis.parameters(),
            genesis.validators(),
            genesis.accounts());
    Files.createDirectories(folder.resolve("other"));
    Files.writeString(folder.resolve("other/genesis.json"), GenesisFile.show(other));
    String err = nbcli("chain", "status", "--network", "other").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(err.contains("has genesis"), err);
  }

  @Test
  void chainSaysNo() throws Exception {
    SigningKey poor = SigningKey.fromSeed(Bytes.wrap(new byte[32]));
    try (NodeClient client = NodeClient.connect(network.api().host(), network.api().port())) {
      Sender sender = new Sender(client, genesis, poor);
      Transaction transaction = sender.sign(new Transfer(sender.address(), 1, Bytes.EMPTY));
      ClientFailure failure =
          assertThrows(ClientFailure.class, () -> client.submitAndApply(transaction));
      assertEquals(ClientFailure.Kind.REJECTED, failure.kind());
    }
  }

  @Test
  void jobWithoutMinersIsRefusedBeforeMoneyMoves() throws Exception {
    Path job = folder.resolve("job.yaml");
    Files.writeString(folder.resolve("text.txt"), "some words to learn from ".repeat(1_000));
    new Cli(folder).nbcli("job", "init", job.toString()).expect(ExitCode.DONE);
    Cli.Ran plan = nbcli("job", "plan", job.toString()).expect(ExitCode.USER_MISTAKE);
    assertTrue(plan.out().contains("STAGE"), plan.out() + plan.err());
    assertTrue(plan.err().contains("no offer for stage 0"), plan.err());
    Cli.Ran submit =
        nbcli("job", "submit", job.toString(), "--wallet.name", "developer")
            .expect(ExitCode.USER_MISTAKE);
    assertTrue(submit.err().contains("job.yaml:"), submit.err());
    assertTrue(submit.err().contains("money.maxPricePerHour"), submit.err());
    assertEquals(0, json("job", "list").size());
    assertEquals(0, json("model", "list").size());
  }

  @Test
  void whoIsBannedIsSeenAndLetInAgain() throws Exception {
    PublicKey bad = SigningKey.fromSeed(Hashing.of("bad").bytes()).publicKey();
    Inbox<Peers.Input> peers = network.network().members().getFirst().node().peers();
    for (int i = 0; i < 2; i++) {
      peers.must(new Peers.Input.Penalized(bad, Penalty.LARGE, "it lied"));
    }
    JsonNode ban = nimble("bans").expect(ExitCode.DONE).json().path("bans").path(0);
    assertEquals(bad.toString(), ban.path("nodeId").asText());
    assertEquals("it lied", ban.path("reason").asText());

    Cli.Ran other = nimble("unban", "zz").expect(ExitCode.USER_MISTAKE);
    assertTrue(other.err().contains("no banned node begins with 'zz'"), other.err());
    nimble("unban").expect(ExitCode.USER_MISTAKE);
    // As much of it as `node bans` shows to people.
    String start = bad.toString().substring(0, 16);
    assertEquals(
        bad.toString(), nimble("unban", start).expect(ExitCode.DONE).json().path(0).asText());
    assertEquals(0, nimble("bans").expect(ExitCode.DONE).json().path("bans").size());
    assertEquals(0, nimble("unban", "--all").expect(ExitCode.DONE).json().size());
  }

  private static Cli.Ran nimble(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of("node", command));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--node", node, "--json"));
    return new Cli(folder).nimble(all.toArray(String[]::new));
  }

  @Test
  void nodeAndChainTellOfThemselves() throws Exception {
    JsonNode status = json("chain", "status");
    assertEquals(genesis.hash().toString(), status.path("genesisHash").asText());
    assertEquals(1, json("chain", "validators").path("validators").size());
    Cli.Ran view = new Cli(folder).nimble("node", "status", "--node", node, "--json");
    assertTrue(view.expect(ExitCode.DONE).json().path("roles").toString().contains("validator"));
    nbcli("chain", "status").expect(ExitCode.DONE);
    nbcli("chain", "validators").expect(ExitCode.DONE);
  }
}

package nimble.node.cli.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.genesis.Parameters;
import nimble.node.chain.Reporter;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.sending.Sender;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.DevnetHome;
import nimble.node.devnet.MinerOffers;
import nimble.node.devnet.NodeKeys;
import nimble.node.devnet.RunningNetwork;
import nimble.node.files.GenesisFile;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// One job's life, all of it by commands: plan, submit, watch, look, download, use.
final class JobCommandsTest {
  private static final String JOB =
      """
      name: small
      theme: test
      model: {context: 24, layers: 1, heads: 2, width: 16}
      data: {file: text.txt}
      training: {steps: 20, batch: 4, microBatches: 2, warmup: 2}
      stages: {count: 2}
      money: {budget: 10, maxPricePerHour: 5, deadline: 10m}
      """;

  @TempDir Path folder;

  /// That one answer may have.
  private static final int TOKENS_MOST = 4_096;

  private String node = "";

  private Cli.Ran nbcli(String... arguments) {
    return nbcli(List.of(arguments));
  }

  private Cli.Ran nbcli(List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--node", node));
    return new Cli(folder)
        .with("NIMBLE_PASSWORD", DevnetHome.PASSWORD)
        .nbcli(all.toArray(String[]::new));
  }

  private String write(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return file.toString();
  }

  @Test
  void jobRunsFromItsFileToItsModel(TestReporter reporter) throws Exception {
    try (RunningNetwork network =
        RunningNetwork.start(2, 2, 2, folder.resolve("network"), 0, Reporter.SILENT)) {
      node = network.api().host() + ":" + network.api().port();
      MinerOffers.put(network);
      new DevnetHome(folder).writeWallet("developer", network.devnet().developer());
      write("text.txt", "the quick brown fox jumps over the lazy dog. ".repeat(200));
      String file = write("job.yaml", JOB);
      refusals();

      JsonNode plan = nbcli("job", "plan", file, "--json").expect(ExitCode.DONE).json();
      assertTrue(plan.path("possible").asBoolean());
      assertEquals(2, plan.path("stages").size());
      assertEquals(5, plan.path("auditOptions").size());
      assertTrue(plan.path("windowMillis").asLong() > 0);
      assertTrue(plan.path("stages").get(0).path("evidenceBytes").asLong() > 0);
      Cli.Ran submit =
          nbcli("job", "submit", file, "--wallet.name", "developer", "--watch", "--json")
              .expect(ExitCode.DONE);
      List<String> lines = submit.out().lines().toList();
      assertTrue(lines.getLast().contains("\"state\":\"COMPLETED\""), lines.getLast());

      JsonNode job = nbcli("job", "show", "1", "--json").expect(ExitCode.DONE).json();
      assertEquals(20, job.path("stepsDone").asInt());
      assertEquals(9, job.path("metadata").size());
      nbcli("job", "show", "1").expect(ExitCode.DONE);
      nbcli("job", "list").expect(ExitCode.DONE);
      Cli.Ran events = nbcli("job", "events", "1").expect(ExitCode.DONE);
      assertTrue(events.err().contains("verified"), events.err());
      useModel(job);
      serveModel(network);
      receiptIsProven(network);
      reporter.publishEntry("peft", new TunedModels(this::nbcli, folder).check("1"));
      goesOn();
    }
  }

  /// J42: what is wrong with a start is told with its line, before anything is paid.
  private void goesOn() throws Exception {
    JsonNode last = nbcli("job", "checkpoints", "1", "--json").expect(ExitCode.DONE).json().get(0);
    assertTrue(last.path("settled").asBoolean(), last.toString());
    String round = last.path("round").asText();
    String more = JOB.replace("steps: 20", "steps: 24");
    refusesStart(more + "start: 9\n", "there is no job 9");
    refusesStart(
        more + "start: 1@999\n",
        "on.yaml:8: start must be a settled checkpoint: job 1 has those after rounds %s, was 1@999"
            .formatted(round));
    refusesStart(
        JOB + "start: 1\n",
        "on.yaml:5: training.steps must be above the 20 that are behind 1@%s, was 20"
            .formatted(round));
    refusesStart(
        more.replace("count: 2", "count: 1") + "start: 1\n",
        "on.yaml:6: stages.count must be 2 as in job 1, was 1");
    refusesStart(
        more.replace("width: 16", "width: 32") + "start: 1\n",
        "on.yaml:3: model must be the same as in job 1, was another");
    String file = write("on.yaml", more + "start: 1\n");
    JsonNode plan = nbcli("job", "plan", file, "--json").expect(ExitCode.DONE).json();
    assertEquals(20, plan.path("start").path("steps").asInt());
    String[] submit = {"job", "submit", file, "--wallet.name", "developer", "--json"};
    String job = nbcli(submit).expect(ExitCode.DONE).json().path("job").asText();
    String words = "job 1 after round %s, 20 steps".formatted(round);
    String shown = nbcli("job", "show", job).expect(ExitCode.DONE).out();
    assertTrue(shown.contains(words) && shown.contains("20 of 24"), shown);
    assertTrue(nbcli("job", "checkpoints", "1", "--json").json().get(0).path("pinned").asBoolean());
  }

  private void refusesStart(String job, String words) throws Exception {
    Cli.Ran ran =
        nbcli("job", "submit", write("on.yaml", job), "--wallet.name", "developer")
            .expect(ExitCode.USER_MISTAKE);
    assertTrue(ran.err().contains(words), ran.err());
  }

  /// The same model, published and served by whoever takes it, through commands and as clients of
  /// OpenAI's API speak.
  private void serveModel(RunningNetwork network) throws Exception {
    String[] wallet = {"--wallet.name", "developer", "--json"};
    nbcli(with(wallet, "model", "publish", "1", "--name", "Bad Name")).expect(ExitCode.REJECTED);
    nbcli(with(wallet, "model", "publish", "1", "--name", "tests/fox", "--price", "0.000001"))
        .expect(ExitCode.DONE);
    nbcli(with(wallet, "model", "deploy", "nobody", "--escrow", "2", "--max-price", "0.1"))
        .expect(ExitCode.USER_MISTAKE);
    strangersAreRefused(network);
    nbcli(with(wallet, "model", "deploy", "tests/fox", "--escrow", "2", "--max-price", "0.1"))
        .expect(ExitCode.DONE);
    network.client().watchBlocks(network.client().status().getFinalizedHeight(), _ -> !isServed());
    assertEquals(
        1, nbcli("model", "list", "--published", "--json").expect(ExitCode.DONE).json().size());
    nbcli("model", "show", "tests/fox").expect(ExitCode.DONE);
    JsonNode offered = nbcli("miner", "models", "--memory", "1GiB", "--json").json().path(0);
    assertEquals("tests/fox", offered.path("model").asText());
    assertTrue(offered.path("fits").asBoolean(), offered::toString);
    assertEquals(1, offered.path("deployments").asInt());
    assertEquals(0, offered.path("freeSeats").asInt());
    // What its gateway may pay, 0.1 NIM, without its owner's 0.000001.
    assertEquals(99_999_000, offered.path("pricePer1kMax").asLong());
    assertFalse(
        nbcli("miner", "models", "--memory", "1KiB", "--json")
            .json()
            .path(0)
            .path("fits")
            .asBoolean());
    String[] ask = {"--prompt", "the ", "--tokens", "8", "--json"};
    JsonNode trained = nbcli(with(ask, "model", "infer", "1")).expect(ExitCode.DONE).json();
    JsonNode served = nbcli(with(ask, "model", "infer", "tests/fox")).expect(ExitCode.DONE).json();
    assertEquals(trained.path("text"), served.path("text"));
    assertEquals(8, served.path("completionTokens").asInt());
    nbcli("model", "chat", "3", "--message", "hi", "--tokens", "4", "--json").expect(ExitCode.DONE);
    OpenAiClient client = new OpenAiClient(node);
    client.check("tests/fox", served.path("text").asText());
    seedIsOfTheNextBlock(client.drawn("tests/fox"));
    int read = client.leave("tests/fox", TOKENS_MOST);
    nbcli(with(wallet, "model", "undeploy", "3")).expect(ExitCode.DONE);
    endIsPaid(network, read);
    nbcli(with(ask, "model", "infer", "tests/fox")).expect(ExitCode.USER_MISTAKE);
  }

  /// W8: before anything is paid; and where somebody pays all the same, he has paid for nothing.
  private void strangersAreRefused(RunningNetwork network) throws Exception {
    NodeKeys keys = Devnet.fresh(1, 0, Parameters.devnet()).developer();
    new DevnetHome(folder).writeWallet("stranger", keys);
    String[] pay = {"--wallet.name", "developer", "--to", "stranger", "--amount", "9", "--json"};
    nbcli(with(pay, "wallet", "transfer")).expect(ExitCode.DONE);
    String[] deploy = {"--wallet.name", "stranger", "--escrow", "2", "--max-price", "0.1"};
    String words =
        nbcli(with(deploy, "model", "deploy", "tests/fox")).expect(ExitCode.USER_MISTAKE).err();
    assertTrue(words.contains("is no gateway for tnim1"), words);
    Sender stranger = new Sender(network.client(), network.devnet().genesis(), keys.account());
    PublicKey gateway = network.network().members().getFirst().keys().hot().publicKey();
    ModelDeploy call =
        new ModelDeploy(
            "tests/fox", gateway, 1, Parameters.NIM / 10, 2 * Parameters.NIM, Long.MAX_VALUE);
    stranger.send(call, call.escrow());
    String asked =
        nbcli("model", "infer", "2", "--prompt", "a").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(asked.contains("this node is no gateway for tnim1"), asked);
    stranger.send(new ModelUndeploy(new JobId(2)), 0);
  }

  /// A8: as anybody can tell from the answer and the chain.
  private void seedIsOfTheNextBlock(JsonNode answer) throws Exception {
    String height = answer.path("seed_height").asText();
    JsonNode block = nbcli("chain", "block", height, "--json").expect(ExitCode.DONE).json();
    Bytes id = Bytes.utf8(answer.path("id").asText());
    Hash drawn = Hashing.of("sampling-seed", id, Bytes.hex(block.path("beacon").asText()));
    assertEquals(drawn.bytes().u64At(0) >>> 11, answer.path("seed").asLong());
  }

  /// R28: hosts are paid for what was made until the client went, and for no more.
  private void endIsPaid(RunningNetwork network, int read) throws Exception {
    TreeMap<Integer, Long> claimed = new TreeMap<>();
    network
        .client()
        .watchBlocks(
            network.client().status().getFinalizedHeight(),
            _ -> {
              JsonNode now = deployment();
              for (JsonNode seat : now.path("seats")) {
                long tokens = seat.path("tokens").asLong() + seat.path("unsettledTokens").asLong();
                claimed.merge(seat.path("stage").asInt(), tokens, Math::max);
              }
              return !now.path("phase").asText().equals("ENDED");
            });
    assertEquals(2, claimed.size());
    claimed.values().forEach(it -> assertTrue(it > read && it < TOKENS_MOST, claimed::toString));
  }

  private boolean isServed() {
    return deployment().path("serves").asBoolean();
  }

  private JsonNode deployment() {
    return nbcli("model", "show", "3", "--json").expect(ExitCode.DONE).json();
  }

  private static String[] with(String[] more, String... first) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private void receiptIsProven(RunningNetwork network) throws Exception {
    String genesis = write("genesis.json", GenesisFile.show(network.devnet().genesis()));
    String file = folder.resolve("job.receipt").toString();
    nbcli("job", "receipt", "1", "--genesis", genesis, "--out", file).expect(ExitCode.DONE);
    JsonNode receipt =
        offline("verify", "receipt", file, "--genesis", genesis, "--json")
            .expect(ExitCode.DONE)
            .json();
    assertEquals("COMPLETED", receipt.path("claims").path(0).path("state").asText());
    assertEquals(9, receipt.path("claims").path(0).path("metadata").size());
    String first = folder.resolve("out/job-1-stage-0.checkpoint").toString();
    String second = folder.resolve("out/job-1-stage-1.checkpoint").toString();
    String[] files = {first, second};
    offline("verify", "checkpoint", files[0], files[1], "--receipt", file, "--genesis", genesis)
        .expect(ExitCode.DONE);
    offline("verify", "checkpoint", files[1], files[0], "--receipt", file, "--genesis", genesis)
        .expect(ExitCode.REJECTED);
    offline("verify", "checkpoint", files[0], "--receipt", file, "--genesis", genesis)
        .expect(ExitCode.USER_MISTAKE);
    nbcli("job", "receipt", "2", "--genesis", genesis).expect(ExitCode.USER_MISTAKE);
  }

  private Cli.Ran offline(String... arguments) {
    return new Cli(folder).nbcli(arguments);
  }

  private void useModel(JsonNode job) throws Exception {
    Path to = folder.resolve("out");
    JsonNode files =
        nbcli("job", "download", "1", "--to", to.toString(), "--json").expect(ExitCode.DONE).json();
    assertEquals(2, files.size());
    assertEquals(job.path("stages").get(1).path("manifest"), files.get(1).path("manifest"));
    assertEquals(1, nbcli("model", "list", "--json").expect(ExitCode.DONE).json().size());
    String[] infer = {"model", "infer", "1", "--prompt", "the ", "--tokens", "8", "--json"};
    JsonNode text = nbcli(infer).expect(ExitCode.DONE).json();
    assertEquals(text, nbcli(infer).expect(ExitCode.DONE).json());
    assertTrue(text.path("text").asText().length() > 0);
  }

  /// What no line of the file alone can tell is told with its line all the same.
  private void refusals() throws Exception {
    String much = write("much.yaml", JOB.replace("budget: 10", "budget: 10000000"));
    String balance =
        nbcli("job", "submit", much, "--wallet.name", "developer")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(balance.contains("much.yaml:7: money.budget must be at most"), balance);
    String cheap = write("cheap.yaml", JOB.replace("maxPricePerHour: 5", "maxPricePerHour: 0.5"));
    String price =
        nbcli("job", "submit", cheap, "--wallet.name", "developer")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(price.contains("cheap.yaml:7: money.maxPricePerHour must be"), price);
    assertTrue(price.contains("PRICE/HOUR"), price);
    String little = write("little.yaml", JOB.replace("budget: 10", "budget: 0.000000001"));
    String budget =
        nbcli("job", "submit", little, "--wallet.name", "developer")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(budget.contains("little.yaml:7: money.budget must be at least"), budget);
  }
}

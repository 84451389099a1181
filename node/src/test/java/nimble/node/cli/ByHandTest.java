package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.genesis.Parameters;
import nimble.node.cli.console.ExitCode;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.DevnetHome;
import nimble.node.devnet.NodeKeys;
import nimble.vm.hf.ModelFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every role by its own command, over real sockets and directories, as in the README: two
/// validators, two miners, and somebody with a job.
final class ByHandTest {
  private static final String JOB =
      """
      name: small
      theme: test
      model: {context: 16, layers: 1, heads: 2, width: 16}
      data: {file: text.txt}
      training: {steps: 20, batch: 4, microBatches: 2, warmup: 2}
      stages: {count: 2}
      money: {budget: 10, maxPricePerHour: 5, deadline: 10m}
      """;

  @TempDir Path folder;
  private final List<StartedNode> started = new ArrayList<>();
  private String api = "";

  private Cli cli() {
    return new Cli(folder.resolve("net"))
        .with("NIMBLE_PASSWORD", DevnetHome.PASSWORD)
        .with("NIMBLE_STORAGE_SNAPSHOTS", "20");
  }

  private Cli.Ran nbcli(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--node", api));
    return cli().nbcli(all.toArray(String[]::new));
  }

  private JsonNode json(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return nbcli(all.toArray(String[]::new)).expect(ExitCode.DONE).json();
  }

  private JsonNode start(boolean miner, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--listen", "127.0.0.1:0", "--stop-on-eof", "--json"));
    StartedNode node = StartedNode.of(cli(), miner, all.toArray(String[]::new));
    started.add(node);
    return node.json();
  }

  @Test
  void everyRoleRunsByItsOwnCommand() throws Exception {
    DevnetHome home = new DevnetHome(folder.resolve("net"));
    cli().nimble("devnet", "prepare", home.path().toString()).expect(ExitCode.DONE);
    try {
      JsonNode first = start(false, validator(home, 0, "", "127.0.0.1:0", "validator,gateway"));
      api = first.path("api").asText();
      assertEquals("[\"validator\",\"gateway\"]", first.path("roles").toString());
      JsonNode second =
          start(false, validator(home, 1, first.path("listen").asText(), "off", "validator,miner"));
      assertEquals("[\"validator\",\"miner\"]", second.path("roles").toString());
      assertFalse(second.has("api"));
      assertEquals(2, json("validator", "list").path("validators").size());
      for (NodeKeys keys : minerKeys(home)) {
        mine(keys);
      }
      Files.writeString(folder.resolve("text.txt"), "the quick brown fox jumps. ".repeat(400));
      Path job = Files.writeString(folder.resolve("job.yaml"), JOB);
      trainAndPay(job);
      download();
      feedAndEnd();
      joinBySnapshot(home, first.path("listen").asText());
    } finally {
      for (StartedNode node : started.reversed()) {
        node.close();
      }
    }
  }

  private static String[] validator(
      DevnetHome home, int index, String peer, String api, String roles) {
    return new String[] {
      "node",
      "start",
      "--home",
      home.validator(index).toString(),
      "--peer",
      peer,
      "--api",
      api,
      "--role",
      roles
    };
  }

  /// Wallets `miner0` and `miner1`, without NIM yet.
  private static List<NodeKeys> minerKeys(DevnetHome home) throws Exception {
    List<NodeKeys> keys =
        Devnet.create(Bytes.wrap(new byte[32]), 1, 2, 1, Parameters.devnet()).miners();
    for (int i = 0; i < keys.size(); i++) {
      home.writeWallet("miner" + i, keys.get(i));
    }
    return keys;
  }

  private void mine(NodeKeys keys) throws Exception {
    String wallet = "miner" + (started.size() - 2);
    String address = AddressForm.TEST.show(keys.address());
    json("wallet", "transfer", "--wallet.name", "developer", "--to", address, "--amount", "150");
    JsonNode node = start(true, "miner", "run", "--wallet.name", wallet, "--node", api);
    assertEquals("[\"miner\"]", node.path("roles").toString());
    assertFalse(node.has("api"));
    String note = started.getLast().err();
    assertTrue(note.contains("is not registered with this hot key"), note);
    String listen = node.path("listen").asText();
    json(
        "miner",
        "register",
        "--wallet.name",
        wallet,
        "--endpoint",
        listen.substring(listen.indexOf('@') + 1),
        "--bond",
        "100");
    json(
        "miner",
        "offer",
        "--wallet.name",
        wallet,
        "--price-per-hour",
        "1",
        "--memory",
        "1GiB",
        "--speed",
        "10G");
  }

  private void trainAndPay(Path job) throws Exception {
    Cli.Ran submit =
        nbcli("job", "submit", job.toString(), "--wallet.name", "developer", "--watch", "--json")
            .expect(ExitCode.DONE);
    String last = submit.out().lines().toList().getLast();
    assertTrue(last.contains("\"state\":\"COMPLETED\""), last);
    JsonNode miner = json("miner", "status", "--wallet.name", "miner0");
    assertEquals(1, miner.path("stages").size());
    assertFalse(miner.path("stages").get(0).path("held").asBoolean());
    assertTrue(miner.path("earned").asLong() > 0);
    nbcli("job", "cancel", "1", "--wallet.name", "developer").expect(ExitCode.REJECTED);
  }

  /// For transformers, where an earlier try has left a part; and as it is, checked by its receipt.
  private void download() throws Exception {
    Path to = folder.resolve("out");
    nbcli("model", "download", "none", "-o", to.toString()).expect(ExitCode.USER_MISTAKE);
    nbcli("model", "download", "1", "--format", "onnx").expect(ExitCode.USER_MISTAKE);
    JsonNode view = json("job", "show", "1");
    String first = view.path("stages").get(0).path("manifest").asText();
    Path kept = Files.createDirectories(folder.resolve("out.unfinished"));
    Files.writeString(kept.resolve(first + ".checkpoint"), "cut off");
    JsonNode said = json("model", "download", "small", "-o", to.toString());
    assertEquals(view.path("parameters").asLong(), said.path("parameters").asLong());
    assertFalse(Files.exists(kept));
    try (ModelFolder model = ModelFolder.open(to, Optional.empty())) {
      assertEquals("GPT2LMHeadModel", model.architecture());
    }
    String card = Files.readString(to.resolve("README.md"));
    assertTrue(card.contains("job 1 of ") && card.contains("| senderAddress |"), card);
    nbcli("model", "download", "1", "-o", to.toString()).expect(ExitCode.USER_MISTAKE);
    Path exact = folder.resolve("exact");
    json("model", "download", "1", "--format", "nimble", "-o", exact.toString());
    cli()
        .nbcli(
            "verify",
            "checkpoint",
            exact.resolve("stage-0.checkpoint").toString(),
            exact.resolve("stage-1.checkpoint").toString(),
            "--receipt",
            exact.resolve("job-1.receipt").toString(),
            "--genesis",
            new DevnetHome(folder.resolve("net")).genesis().toString())
        .expect(ExitCode.DONE);
  }

  /// A job too long to end by itself is fed by somebody, and ended by its sender only.
  private void feedAndEnd() throws Exception {
    Path job =
        Files.writeString(folder.resolve("long.yaml"), JOB.replace("steps: 20", "steps: 100000"));
    json("job", "submit", job.toString(), "--wallet.name", "developer");
    json("job", "topup", "2", "3", "--wallet.name", "validator0");
    nbcli("job", "cancel", "2", "--wallet.name", "validator0").expect(ExitCode.REJECTED);
    json("job", "cancel", "2", "--wallet.name", "developer");
    Cli.Ran watched = nbcli("job", "watch", "2", "--json");
    String last = watched.out().lines().toList().getLast();
    assertTrue(last.contains("\"state\":\"CANCELLED\""), last);
    assertEquals("0", json("job", "show", "2").path("escrow").asText());
  }

  /// Somebody else follows the chain from a snapshot on: it never sees what was before.
  private void joinBySnapshot(DevnetHome home, String peer) throws Exception {
    String directory = folder.resolve("joiner").toString();
    String genesis = home.genesis().toString();
    cli().nimble("init", "--home", directory, "--genesis", genesis).expect(ExitCode.DONE);
    JsonNode node =
        start(
            false,
            "node",
            "start",
            "--home",
            directory,
            "--sync",
            "state",
            "--peer",
            peer,
            "--api",
            "127.0.0.1:0");
    String joined = node.path("api").asText();
    JsonNode status =
        cli().nbcli("chain", "status", "--json", "--node", joined).expect(ExitCode.DONE).json();
    assertTrue(status.path("finalizedHeight").asLong() >= 20, status::toString);
    cli().nbcli("chain", "block", "1", "--node", joined).expect(ExitCode.USER_MISTAKE);
    nbcli("chain", "block", "1").expect(ExitCode.DONE);
    JsonNode job =
        cli().nbcli("job", "show", "1", "--json", "--node", joined).expect(ExitCode.DONE).json();
    assertEquals(json("job", "show", "1").path("record"), job.path("record"));
  }
}

package nimble.node.cli.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.light.Anchor;
import nimble.node.Forged;
import nimble.node.chain.Reporter;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.client.Followed;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.RunningNetwork;
import nimble.node.files.GenesisFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Proofs from a real node whose epochs are short, checked by commands that trust it for nothing.
final class ProofCommandsTest {
  private static final long EPOCH_MILLIS = 1_500;

  @TempDir static Path folder;

  private static RunningNetwork network;
  private static String node = "";
  private static String genesis = "";
  private static String developer = "";

  @BeforeAll
  static void start() throws Exception {
    Devnet devnet = Devnet.fresh(1, 0, hasty());
    network = RunningNetwork.start(devnet, 1, folder.resolve("network"), 0, Reporter.SILENT);
    node = network.api().host() + ":" + network.api().port();
    genesis = folder.resolve("genesis.json").toString();
    Files.writeString(Path.of(genesis), GenesisFile.show(devnet.genesis()));
    SigningKey key = devnet.developer().account();
    developer = AddressForm.TEST.show(AddressForm.addressOf(key.publicKey()));
    new Cli(folder).keepWallet("developer", key);
    // Two epochs must have ended for a proof to lead through them.
    network.client().watchBlocks(1, block -> block.getEpoch() < 2);
  }

  private static Parameters hasty() {
    Parameters devnet = Parameters.devnet();
    return devnet.with(devnet.consensus().withIdleMillis(100).withEpochMillis(EPOCH_MILLIS));
  }

  @AfterAll
  static void stop() throws Exception {
    network.close();
  }

  private static Cli.Ran nbcli(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("verify") || arguments[1].equals("block")) {
      all.addAll(List.of("--node", node));
    }
    return new Cli(folder).nbcli(all.toArray(String[]::new));
  }

  private static JsonNode json(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return nbcli(all.toArray(String[]::new)).expect(ExitCode.DONE).json();
  }

  @Test
  void withoutATrustedPointNothingIsProven() {
    Cli stranger = new Cli(folder.resolve("stranger"));
    String[] ask = {"chain", "proof", "account/" + developer, "--node", node};
    String err = stranger.nbcli(ask).expect(ExitCode.USER_MISTAKE).err();
    assertTrue(err.contains("nothing to check") && err.contains("--trust"), err);
    stranger.nbcli(with(ask, "--genesis", genesis, "--no-memory")).expect(ExitCode.DONE);
    stranger.nbcli(ask).expect(ExitCode.USER_MISTAKE);
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void y10AProofGoesOnFromTheOneBefore() throws Exception {
    Cli cli = new Cli(folder.resolve("follower"));
    String[] ask = {"chain", "proof", "account/" + developer, "--node", node, "--json"};
    JsonNode first = cli.nbcli(with(ask, "--genesis", genesis)).expect(ExitCode.DONE).json();
    assertTrue(first.path("epochsFollowed").asInt() >= 2, first.toString());

    JsonNode next = cli.nbcli(ask).expect(ExitCode.DONE).json();
    assertTrue(
        next.path("epochsFollowed").asInt() < first.path("epochsFollowed").asInt(),
        next.toString());
    String trusted = next.path("trusted").asText();
    assertTrue(trusted.startsWith("block " + first.path("checkpoint").asText()), trusted);
    assertTrue(trusted.endsWith(first.path("trusted").asText()), trusted);

    JsonNode whole = cli.nbcli(with(ask, "--genesis", genesis, "--no-memory")).json();
    assertEquals(first.path("trusted"), whole.path("trusted"));
    assertTrue(whole.path("epochsFollowed").asInt() >= 2, whole.toString());
    String file = folder.resolve("kept.proof").toString();
    JsonNode kept = cli.nbcli(with(ask, "--genesis", genesis, "--out", file)).json();
    assertEquals(first.path("trusted"), kept.path("trusted"));
  }

  @Test
  void y10WhatIsOlderIsProvenFromTheTrustedPoint() throws Exception {
    Cli cli = new Cli(folder.resolve("historian"));
    String[] newest = {"verify", "block", "--node", node};
    cli.nbcli(with(newest, "--genesis", genesis)).expect(ExitCode.DONE);
    String[] second = {"verify", "block", "2", "--node", node, "--json"};
    assertTrue(cli.nbcli(second).expect(ExitCode.NODE_FAILED).err().contains("older"));
    JsonNode proven = cli.nbcli(with(second, "--genesis", genesis)).expect(ExitCode.DONE).json();
    assertTrue(proven.path("trusted").asText().startsWith("genesis"), proven.toString());
    // And what was remembered stays.
    assertTrue(
        cli.nbcli(with(newest, "--json")).json().path("trusted").asText().startsWith("block"));
  }

  @Test
  void y10TwoChainsUnderTheSameVotesAreRefused() throws Exception {
    Path home = folder.resolve("deceived");
    Cli cli = new Cli(home);
    String[] ask = {"verify", "block", "--node", node, "--json"};
    JsonNode first = cli.nbcli(with(ask, "--genesis", genesis)).expect(ExitCode.DONE).json();
    Path file = home.resolve("proven").resolve(network.devnet().genesis().chain().value());
    Followed followed = Followed.decode(Bytes.wrap(Files.readAllBytes(file)));
    Header other = Forged.later(followed.anchor().header());
    Anchor anchor = new Anchor(other, followed.anchor().set());
    Followed forged =
        new Followed(
            followed.root(),
            followed.rootMillis(),
            followed.periodMillis(),
            followed.testAddresses(),
            anchor);
    Files.write(file, forged.encode().toArray());
    String height = first.path("height").asText();
    String[] again = {"verify", "block", height, "--node", node};
    String err = cli.nbcli(again).expect(ExitCode.NODE_FAILED).err();
    assertTrue(err.contains("signed another chain"), err);

    Files.write(file, new byte[] {1, 2, 3});
    String damaged = cli.nbcli(ask).expect(ExitCode.USER_MISTAKE).err();
    assertTrue(damaged.contains(file.toString()) && damaged.contains("delete"), damaged);
  }

  @Test
  void aProofLeadsThroughEpochsAndIsKept() throws Exception {
    String file = folder.resolve("account.proof").toString();
    JsonNode proof =
        json("chain", "proof", "account/" + developer, "--genesis", genesis, "--out", file);
    assertTrue(proof.path("epochsFollowed").asInt() >= 2, proof.toString());
    assertTrue(proof.path("present").asBoolean());
    JsonNode offline = json("verify", "receipt", file, "--genesis", genesis);
    assertEquals(proof.path("claims"), offline.path("claims"));
    assertEquals(proof.path("digest"), offline.path("digest"));

    String trusted = proof.path("checkpoint").asText();
    assertEquals(
        proof.path("digest"), json("verify", "receipt", file, "--trust", trusted).path("digest"));
    JsonNode later = json("chain", "proof", "account/" + developer, "--trust", trusted);
    assertTrue(later.path("height").asLong() >= proof.path("height").asLong());
    forgeriesAreRefused(Path.of(file));
    nbcli("chain", "proof", "account/" + developer, "--genesis", genesis, "--out", file)
        .expect(ExitCode.USER_MISTAKE);
  }

  /// The proof of a present value says nothing else when a byte of it changes.
  private static void forgeriesAreRefused(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(1);
    Path forged = folder.resolve("forged.proof");
    for (int i = 0; i < 10; i++) {
      byte[] copy = bytes.clone();
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(forged, copy);
      int code = nbcli("verify", "receipt", forged.toString(), "--genesis", genesis).code();
      assertTrue(code == ExitCode.REJECTED || code == ExitCode.USER_MISTAKE, "exit code " + code);
    }
  }

  @Test
  void aTransactionAndItsReceiptAreProven() throws Exception {
    String[] transfer = {
      "wallet",
      "transfer",
      "--wallet.name",
      "developer",
      "--to",
      developer,
      "--amount",
      "1",
      "--yes"
    };
    String id = json(transfer).path("id").asText();
    String file = folder.resolve("transfer.proof").toString();
    JsonNode proof = json("chain", "proof", "tx/" + id, "--genesis", genesis, "--out", file);
    JsonNode offline = json("verify", "receipt", file, "--genesis", genesis);
    for (JsonNode proven : List.of(proof, offline)) {
      assertEquals(id, proven.path("transactions").path(0).path("id").asText());
      assertEquals("applied", proven.path("transactions").path(0).path("outcome").asText());
    }
    nbcli("chain", "proof", "tx/" + "00".repeat(32), "--genesis", genesis)
        .expect(ExitCode.USER_MISTAKE);
    nbcli("chain", "proof", "tx/00", "--genesis", genesis).expect(ExitCode.USER_MISTAKE);
  }

  @Test
  void aBlockIsVerifiedWithItsEntriesAndMayBeTrusted() throws Exception {
    JsonNode newest = json("verify", "block", "--genesis", genesis);
    String trusted = newest.path("checkpoint").asText();
    assertEquals(
        newest.path("digest"),
        json("verify", "block", trusted, "--genesis", genesis).path("digest"));
    assertEquals(
        newest.path("digest"), json("verify", "block", trusted, "--trust", trusted).path("digest"));
    JsonNode second = json("verify", "block", "2", "--genesis", genesis);
    assertEquals(2, second.path("height").asInt());
    String other = second.path("height").asText() + ":" + newest.path("digest").asText();
    nbcli("verify", "block", other, "--genesis", genesis).expect(ExitCode.REJECTED);
    nbcli("verify", "block", "--trust", other).expect(ExitCode.NODE_FAILED);
    String older =
        nbcli("verify", "block", "2", "--trust", trusted).expect(ExitCode.NODE_FAILED).err();
    assertTrue(older.contains("older"), older);
    nbcli("verify", "block", "--trust", "7").expect(ExitCode.USER_MISTAKE);
  }

  @Test
  void anotherNetworksGenesisProvesNothing() throws Exception {
    Genesis other = Devnet.fresh(1, 0, hasty()).genesis();
    Path file = folder.resolve("other.json");
    Files.writeString(file, GenesisFile.show(other));
    String[] ask = {"chain", "proof", "account/" + developer, "--genesis", file.toString()};
    assertTrue(nbcli(ask).expect(ExitCode.USER_MISTAKE).err().contains("of chain"));
    // Even under the same name.
    Genesis same =
        new Genesis(
            network.devnet().genesis().chain(),
            other.prefix(),
            other.timeMillis(),
            other.beacon(),
            other.rewardPool(),
            other.parameters(),
            other.validators(),
            other.accounts());
    Files.writeString(file, GenesisFile.show(same));
    String err = nbcli(ask).expect(ExitCode.NODE_FAILED).err();
    assertTrue(err.contains("another validator set"), err);
  }

  @Test
  void anOldAnswerIsRefused() throws Exception {
    String[] ask = {"chain", "proof", "account/" + developer, "--genesis", genesis};
    List<String> all = new ArrayList<>(List.of(ask));
    all.addAll(List.of("--max-age", "0"));
    String err = nbcli(all.toArray(String[]::new)).expect(ExitCode.NODE_FAILED).err();
    assertTrue(err.contains("--max-age"), err);
  }
}

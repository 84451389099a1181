package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;
import nimble.node.devnet.Devnet;
import nimble.node.files.GenesisFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What needs no node: exit codes, wallets, keys, genesis, data directories.
final class OfflineCommandsTest {
  private static final String NODE_ABSENT = "no node answers at";

  @TempDir Path folder;

  private Cli cli() {
    return new Cli(folder);
  }

  @Test
  void versionIsOneJsonDocument() throws Exception {
    assertTrue(cli().nimble("version", "--json").expect(ExitCode.DONE).json().has("version"));
    assertTrue(cli().nbcli("version").expect(ExitCode.DONE).out().startsWith("nimble "));
  }

  @Test
  void misuseIsTheUsersMistake() {
    assertTrue(cli().nbcli("walet").expect(ExitCode.USER_MISTAKE).err().contains("wallet"));
    cli().nbcli("wallet", "transfer", "--bogus").expect(ExitCode.USER_MISTAKE);
    cli().nimble("genesis", "show").expect(ExitCode.USER_MISTAKE);
    cli().nbcli("--help").expect(ExitCode.DONE);
    cli().nbcli("job", "submit", "--help").expect(ExitCode.DONE);
  }

  /// Who reads only results would take silence for one: words of a wallet, the id of a payment.
  @Test
  void i1ResultsThatCannotBeWrittenAreAFailure() {
    PrintWriter full =
        new PrintWriter(
            new Writer() {
              @Override
              public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("No space left on device");
              }

              @Override
              public void flush() {}

              @Override
              public void close() {}
            });
    StringWriter err = new StringWriter();
    Root root = new NbcliMain(cli().surroundings());
    int code = CommandRun.of(root, full, new PrintWriter(err, true), "wallet", "create", "--json");
    assertEquals(ExitCode.DISK_FAILED, code);
    assertTrue(err.toString().contains("could not be written"), err::toString);
  }

  @Test
  void nobodyAtTheNodeIsTheNodesFailure() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    String err =
        cli()
            .nbcli("chain", "status", "--node", "127.0.0.1:" + free)
            .expect(ExitCode.NODE_FAILED)
            .err();
    assertTrue(err.contains(NODE_ABSENT), err);
    String bad =
        cli().nbcli("chain", "status", "--node", "nowhere").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(bad.contains("host:port"), bad);
  }

  @Test
  void walletComesBackFromItsWords() throws Exception {
    var made =
        cli().nbcli("wallet", "create", "--wallet.name", "W", "--json").expect(ExitCode.DONE);
    String words = made.json().path("words").asText();
    assertEquals(24, words.split(" ", -1).length);
    Path file = folder.resolve("words.txt");
    Files.writeString(file, words);
    var again =
        cli()
            .nbcli(
                "wallet", "regen", "--wallet.name", "V", "--words-file", file.toString(), "--json")
            .expect(ExitCode.DONE);
    assertEquals(made.json().path("address"), again.json().path("address"));
    var list = cli().nbcli("wallet", "list", "--json").expect(ExitCode.DONE).json();
    assertEquals(2, list.size());
    assertFalse(list.toString().contains(words));
    String twice =
        cli().nbcli("wallet", "create", "--wallet.name", "W").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(twice.contains("exists already"), twice);
  }

  @Test
  void walletSignsAndAnybodyVerifies() throws Exception {
    String address = cli().freshWallet("W");
    String other = cli().freshWallet("V");
    var signed =
        cli()
            .nbcli("wallet", "sign", "--wallet.name", "W", "--message", "it is me", "--json")
            .expect(ExitCode.DONE)
            .json();
    assertEquals(address, signed.path("address").asText());
    String signature = signed.path("signature").asText();
    Path file = folder.resolve("message.txt");
    Files.writeString(file, "it is me");
    var holds =
        cli()
            .nbcli("wallet", "verify", address, signature, "--file", file.toString(), "--json")
            .expect(ExitCode.DONE);
    assertTrue(holds.json().path("verified").asBoolean());
    for (String[] wrong :
        List.of(
            new String[] {address, signature, "--message", "it is you"},
            new String[] {other, signature, "--message", "it is me"},
            new String[] {address, withAnotherDigit(signature), "--message", "it is me"})) {
      assertTrue(verify(wrong).contains("did not sign this"));
    }
    assertTrue(verify(address, "abc", "--message", "it is me").contains("192 hexadecimal digits"));
    assertTrue(verify("tnim1x", signature, "--message", "it is me").contains("ADDRESS: 'tnim1x'"));
    assertTrue(verify(address, signature).contains("either --message"));
  }

  private static String withAnotherDigit(String hex) {
    int last = hex.length() - 1;
    return hex.substring(0, last) + (hex.charAt(last) == '0' ? '1' : '0');
  }

  private String verify(String... arguments) {
    List<String> all = new ArrayList<>(List.of("wallet", "verify"));
    all.addAll(List.of(arguments));
    Cli.Ran ran = cli().nbcli(all.toArray(String[]::new)).expect(ExitCode.USER_MISTAKE);
    return ran.out() + ran.err();
  }

  @Test
  void walletIsExportedAndMadeAgain() throws Exception {
    String address = cli().freshWallet("W");
    Path file = folder.resolve("w.json");
    cli().nbcli("wallet", "export", file.toString(), "--wallet.name", "W").expect(ExitCode.DONE);
    String twice =
        cli()
            .nbcli("wallet", "export", file.toString(), "--wallet.name", "W")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(twice.contains("exists already"), twice);
    var again =
        cli()
            .nbcli("wallet", "regen", "--wallet.name", "V", "--keystore", file.toString(), "--json")
            .expect(ExitCode.DONE)
            .json();
    assertEquals(address, again.path("address").asText());
    String wrong =
        cli()
            .with("NIMBLE_PASSWORD", "not this one")
            .nbcli("wallet", "regen", "--wallet.name", "U", "--keystore", file.toString())
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(wrong.contains("wrong password"), wrong);
    assertEquals(2, cli().nbcli("wallet", "list", "--json").expect(ExitCode.DONE).json().size());
  }

  @Test
  void wordsThatAreNoWalletsAreRefusedWithoutRepeatingThem() throws Exception {
    Path file = folder.resolve("words.txt");
    Files.writeString(
        file, "legal winner thank year wave sausage worth useful legal winner thank tiger");
    String err =
        cli()
            .nbcli("wallet", "regen", "--words-file", file.toString())
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(err.contains("checksum") && !err.contains("sausage"), err);
    assertFalse(Files.exists(folder.resolve("wallets")));
  }

  @Test
  void withoutATerminalNothingIsAsked() {
    String err =
        cli()
            .without("NIMBLE_PASSWORD")
            .nbcli("wallet", "create")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(err.contains("--password-file"), err);
    String shortOne =
        cli()
            .with("NIMBLE_PASSWORD", "short")
            .nbcli("wallet", "create")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(shortOne.contains("at least 8"), shortOne);
    String amount =
        cli().nbcli("wallet", "transfer", "--to", "x").expect(ExitCode.USER_MISTAKE).err();
    assertTrue(amount.contains("--amount"), amount);
    String name =
        cli()
            .nbcli("wallet", "create", "--wallet.name", "../x")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(name.contains("wallet name must be"), name);
  }

  @Test
  void jobFileIsWrittenOnceAndNeverOver() throws Exception {
    Path file = folder.resolve("job.yaml");
    cli().nbcli("job", "init", file.toString()).expect(ExitCode.DONE);
    String text = Files.readString(file);
    cli().nbcli("job", "init", file.toString()).expect(ExitCode.USER_MISTAKE);
    assertEquals(text, Files.readString(file));
    Files.writeString(file, text.replace("batch: 12 ", "batch: 0 "));
    String err = cli().nbcli("job", "plan", file.toString()).expect(ExitCode.USER_MISTAKE).err();
    long line = 1 + text.lines().takeWhile(it -> !it.contains("batch: 12 ")).count();
    assertTrue(
        err.contains("job.yaml:" + line + ": training.batch must be between 1 and 4096, was 0"),
        err);
  }

  @Test
  void operatorMakesANetworkFromKeys() throws Exception {
    Path hot = folder.resolve("hot.json");
    Path vote = folder.resolve("vote.json");
    String account =
        cli()
            .nbcli("wallet", "create", "--json")
            .expect(ExitCode.DONE)
            .json()
            .path("address")
            .asText();
    var hotKey =
        cli()
            .nimble("keys", "new", "--kind", "hot", hot.toString(), "--json")
            .expect(ExitCode.DONE);
    var voteKey =
        cli()
            .nimble("keys", "new", "--kind", "vote", vote.toString(), "--json")
            .expect(ExitCode.DONE);
    cli().nimble("keys", "show", vote.toString(), "--proof").expect(ExitCode.DONE);
    String validator =
        "%s,%s,%s,%s"
            .formatted(
                account,
                hotKey.json().path("publicKey").asText(),
                voteKey.json().path("publicKey").asText(),
                voteKey.json().path("proof").asText());
    Path genesis = folder.resolve("genesis.json");
    cli()
        .nimble(
            "genesis",
            "create",
            genesis.toString(),
            "--chain",
            "testnet",
            "--validator",
            validator,
            "--account",
            account + "=100")
        .expect(ExitCode.DONE);
    assertTrue(
        cli()
            .nimble("genesis", "verify", genesis.toString(), "--json")
            .expect(ExitCode.DONE)
            .json()
            .path("valid")
            .asBoolean());
    cli().nimble("genesis", "show", genesis.toString()).expect(ExitCode.DONE);
    String[] init = {
      "init",
      "--genesis",
      genesis.toString(),
      "--hot-key",
      hot.toString(),
      "--vote-key",
      vote.toString()
    };
    cli().nimble(init).expect(ExitCode.DONE);
    cli().nimble(init).expect(ExitCode.DONE);
    assertTrue(Files.exists(folder.resolve("testnet/keys/vote.json")));
  }

  @Test
  void directoryOfAnotherGenesisIsRefused() throws Exception {
    Path home = folder.resolve("node");
    cli()
        .nimble("init", "--home", home.toString(), "--genesis", devnet("one").toString())
        .expect(ExitCode.DONE);
    String err =
        cli()
            .nimble("init", "--home", home.toString(), "--genesis", devnet("two").toString())
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(err.contains("belongs to"), err);
    String unknown =
        cli()
            .nimble("node", "start", "--home", home.toString(), "--role", "minner")
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(unknown.contains("roles must be"), unknown);
    String password =
        cli()
            .with("NIMBLE_PASSWORD", "wrong password")
            .nimble("node", "start", "--home", home.toString())
            .expect(ExitCode.USER_MISTAKE)
            .err();
    assertTrue(password.contains("wrong password"), password);
  }

  private Path devnet(String name) throws Exception {
    Path file = folder.resolve(name + ".json");
    Devnet devnet = Devnet.create(Bytes.utf8(name), 1, 0, 1, Parameters.devnet());
    Files.writeString(file, GenesisFile.show(devnet.genesis()));
    return file;
  }
}

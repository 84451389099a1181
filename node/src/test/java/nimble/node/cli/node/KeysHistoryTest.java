package nimble.node.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import nimble.codec.Bytes;
import nimble.consensus.Vote;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.devnet.DevnetHome;
import nimble.node.signing.SigningHistory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A validator moves to another machine, and what its key has signed goes before it.
final class KeysHistoryTest {
  @TempDir Path folder;

  @BeforeEach
  void prepare() {
    cli().nimble("devnet", "prepare", net().toString()).expect(ExitCode.DONE);
  }

  private Path net() {
    return folder.resolve("net");
  }

  private Cli cli() {
    return new Cli(net()).with("NIMBLE_PASSWORD", DevnetHome.PASSWORD);
  }

  private Cli.Ran history(String verb, Path file, int validator, String... more) {
    String[] all = new String[more.length + 6];
    all[0] = "keys";
    all[1] = "history";
    all[2] = verb;
    all[3] = file.toString();
    all[4] = "--home";
    all[5] = net().resolve("validator" + validator).toString();
    System.arraycopy(more, 0, all, 6, more.length);
    return cli().nimble(all);
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  /// What is in the file, with something else in place of what was signed.
  private Path signed(Path exported, Bytes history) throws Exception {
    String text = Files.readString(exported);
    return write(
        "signed.json",
        text.replaceAll("\"history\" : \"[0-9a-f]*\"", "\"history\" : \"" + history + "\""));
  }

  @Test
  void whatAKeyHasSignedGoesToAnotherMachine() throws Exception {
    Path file = folder.resolve("history.json");
    assertEquals(
        0, history("export", file, 0, "--json").expect(ExitCode.DONE).json().path("epoch").asInt());
    Path signed = signed(file, SigningHistory.NONE.with(new Vote.Nullify(3, 7)).encode());
    assertTrue(history("import", signed, 0).expect(ExitCode.DONE).out().contains("view 7"));
    Path again = folder.resolve("again.json");
    assertEquals(
        7,
        history("export", again, 0, "--json").expect(ExitCode.DONE).json().path("nullify").asInt());
    assertEquals(Files.readString(signed), Files.readString(again));
    assertTrue(
        history("import", file, 0).expect(ExitCode.DONE).out().contains("view 7"),
        "an older one takes nothing back");
  }

  @Test
  void mistakesAreNamed() throws Exception {
    Path file = folder.resolve("history.json");
    history("export", file, 0).expect(ExitCode.DONE);
    assertTrue(mistake("export", file, 0).contains("exists already"));
    assertTrue(mistake("import", file, 1).contains("--any-key"));
    history("import", file, 1, "--any-key").expect(ExitCode.DONE);
    assertTrue(mistake("import", folder.resolve("none"), 0).contains("does not exist"));
    assertTrue(mistake("import", write("a", "{}"), 0).contains("is missing"));
    assertTrue(mistake("import", write("b", "no json"), 0).contains("b:1"));
    assertTrue(mistake("import", signed(file, Bytes.utf8("?")), 0).contains("history: "));
    String elsewhere = Files.readString(file).replaceAll("nimble-devnet-[0-9a-f]*", "elsewhere");
    assertTrue(mistake("import", write("c", elsewhere), 0).contains("of network elsewhere"));
  }

  private String mistake(String verb, Path file, int validator) {
    String words = history(verb, file, validator).expect(ExitCode.USER_MISTAKE).err();
    assertTrue(words.contains(file.getFileName().toString()), words);
    return words;
  }
}

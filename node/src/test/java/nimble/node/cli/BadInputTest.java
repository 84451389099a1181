package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import nimble.node.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people mistype: each gets its exit code, and one line with the value and the remedy (I1,
/// I3).
final class BadInputTest {
  private static final int LINES_MAX = 2;

  @TempDir Path folder;

  /// @param arguments of the command, the first names it
  /// @param words that its error has
  private record Case(int code, String arguments, List<String> words) {
    private static Case mistake(String arguments, String... words) {
      return new Case(ExitCode.USER_MISTAKE, arguments, List.of(words));
    }
  }

  private static final List<Case> OPERATORS =
      List.of(
          Case.mistake("demo --steps 0", "--steps must be between 1 and", "was 0"),
          Case.mistake("demo --steps x", "--steps", "'x' is not a whole number"),
          Case.mistake("demo --fault 9=SkipsWork", "--fault: INDEX", "between 0 and 2, was 9"),
          Case.mistake("demo --fault 1=Nope", "one of SkipsWork", "was Nope"),
          Case.mistake("demo --numeric 1", "--numeric must be NODE=CAP, was 1"),
          Case.mistake("demo --numeric 7=avx2", "--numeric: NODE", "between 0 and 6", "was '7'"),
          Case.mistake("demo --numeric 1=sse9", "--numeric: CAP must be default", "was 'sse9'"),
          Case.mistake("demo --numeric 1=default/0", "1 to 256", "was 'default/0'"),
          Case.mistake("demo --numeric 4=default --numeric miner0=default", "names miner0 twice"),
          Case.mistake("bench train --text /nonexistent", "--text: /nonexistent is not a file"),
          Case.mistake("bench train --text pom.xml --rounds 0", "--rounds must be between 1 and"),
          Case.mistake("demo --device gpu", "--device must be cpu or cuda, was 'gpu'"),
          Case.mistake("demo --text /nonexistent", "--text: /nonexistent is not a file"),
          Case.mistake("demo --miners 99", "--miners must be between 1 and", "was 99"),
          Case.mistake("dmeo", "unknown command 'dmeo', did you mean 'demo'?"),
          Case.mistake("demo --stpes 5", "unknown option '--stpes', did you mean '--steps'?"),
          Case.mistake("version now", "'now' is one argument too many"),
          Case.mistake("devnet --validators 0", "--validators must be between 1 and", "was 0"),
          Case.mistake("snapshot verify /nonexistent", "/nonexistent is no snapshot", "create"),
          Case.mistake("snapshot verify . --trust 5:zz", "--trust", "HEIGHT:HASH", "5:zz"),
          Case.mistake("db verify --home /nonexistent", "/nonexistent holds no node", "init"),
          Case.mistake("db rollback --to 1 --home /nonexistent", "/nonexistent holds no node"),
          Case.mistake("db rollback --home /nonexistent", "--to"),
          Case.mistake("keys history export F --home /nonexistent", "/nonexistent holds no node"),
          Case.mistake("keys history export --home /nonexistent", "FILE"),
          Case.mistake("keys show /nonexistent", "/nonexistent does not exist"),
          Case.mistake("keys new --kind foo F", "--kind", "foo"),
          Case.mistake("node start --home /nonexistent", "/nonexistent holds no node", "init"),
          Case.mistake("node status --node nope", "--node: 'nope' has no port"),
          Case.mistake("node status --node 127.0.0.1:99999", "'99999' is not between 1 and"),
          Case.mistake("init --genesis /nonexistent", "/nonexistent does not exist"),
          Case.mistake("genesis verify /nonexistent", "/nonexistent does not exist"),
          Case.mistake("bench chain --validators 0", "--validators must be between 1", "was 0"),
          Case.mistake("bench chain --accounts -1", "--accounts must be between 2", "was -1"),
          Case.mistake("bench sync --blocks -5 --dir D", "--blocks must be between 1", "was -5"),
          Case.mistake("bench soak --minutes 0", "--minutes must be between 1", "was 0"),
          Case.mistake("bench smoke --text /nonexistent", "/nonexistent is not a file"),
          Case.mistake("crash --cycles 0", "--cycles must be between 1", "was 0"),
          Case.mistake("sim --seed x", "--seed", "'x' is not a whole number"),
          Case.mistake("sim --steps -1", "--steps must be between 0", "was -1"));

  private static final List<Case> USERS =
      List.of(
          Case.mistake("walet", "unknown command 'walet', did you mean 'wallet'?"),
          Case.mistake("chain", "try: nbcli chain"),
          Case.mistake(
              "job init --template llama --data /nonexistent", "--data: there is no /nonexistent"),
          Case.mistake("chain block -1", "HEIGHT must be between 0", "was -1"),
          Case.mistake("chain block x", "HEIGHT", "'x' is not a whole number"),
          Case.mistake("chain status --timeout 0", "--timeout must be between 1", "was 0"),
          Case.mistake("chain proof account zz", "'zz' is one argument too many"),
          Case.mistake("verify receipt /nonexistent", "/nonexistent does not exist"),
          Case.mistake("verify block 5 --trust 5:zz", "--trust", "HEIGHT:HASH", "5:zz"),
          Case.mistake("verify block 5:zz", "HEIGHT:HASH", "5:zz"),
          Case.mistake("job plan /nonexistent", "/nonexistent does not exist"),
          Case.mistake("config set x y", "unknown key 'x'", "wallet.name"));

  @Test
  void i3EachMistakeHasOneLineWithItsRemedy() {
    makeAll();
  }

  private void makeAll() {
    OPERATORS.forEach(it -> check(it, new Cli(folder).nimble(it.arguments().split(" ", -1))));
    USERS.forEach(it -> check(it, new Cli(folder).nbcli(it.arguments().split(" ", -1))));
  }

  @Test
  void i3NothingIsLeftBehind() throws IOException {
    makeAll();
    try (Stream<Path> left = Files.walk(folder)) {
      assertEquals(List.of(folder), left.toList());
    }
  }

  @Test
  void i1ANodeThatIsNotThereIsAnotherCode() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    for (String command :
        List.of("chain status", "verify block 5", "job list", "chain validators")) {
      String[] arguments = "%s --node 127.0.0.1:%d".formatted(command, port).split(" ", -1);
      List<String> words = List.of("no node answers at 127.0.0.1:" + port, "--node");
      check(new Case(ExitCode.NODE_FAILED, command, words), new Cli(folder).nbcli(arguments));
    }
  }

  private static void check(Case expected, Cli.Ran ran) {
    String said = "%s: %s".formatted(expected.arguments(), ran.err());
    assertEquals(expected.code(), ran.code(), said);
    for (String words : expected.words()) {
      assertTrue(ran.err().contains(words), () -> said + " has no \"" + words + "\"");
    }
    assertFalse(ran.err().contains("Exception") || ran.err().contains("\tat "), said);
    assertTrue(ran.err().lines().count() <= LINES_MAX, said);
    assertEquals("", ran.out(), said);
  }
}

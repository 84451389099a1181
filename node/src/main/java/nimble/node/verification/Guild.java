package nimble.node.verification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.bench.OwnJava;
import nimble.types.Hash;
import nimble.vm.djl.Numeric;

/// A [GuildProcess], as who asks it has it.
final class Guild implements AutoCloseable {
  private static final List<String> HEAP = List.of("-Xmx1g");

  private final Path directory;
  private final Numeric numeric;
  private final Process process;
  private final Path log;
  private final BufferedReader answers;
  private final PrintWriter questions;
  private final List<Hash> classes = new ArrayList<>();

  private Guild(Path directory, Numeric numeric, Process process, Path log)
      throws IOException, Malformed {
    this.directory = directory;
    this.numeric = numeric;
    this.process = process;
    this.log = log;
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    for (String word : answer().split(" ", -1)) {
      classes.add(new Hash(Bytes.hex(word)));
    }
  }

  /// @param directory where the subject is
  /// @param mainClass of `nimble`
  static Guild start(Path directory, Numeric numeric, String mainClass)
      throws IOException, Malformed {
    Path log = directory.resolve("log-" + numeric.toString().replace('/', '-'));
    ProcessBuilder builder =
        OwnJava.process(
            HEAP,
            mainClass,
            List.of("bench", "guild", directory.toString(), "--numeric", numeric.toString()));
    builder.redirectError(log.toFile());
    // Threads that wait for each other must not keep the processor from one another.
    builder.environment().putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
    builder.environment().putIfAbsent("KMP_BLOCKTIME", "0");
    return new Guild(directory, numeric, builder.start(), log);
  }

  Numeric numeric() {
    return numeric;
  }

  /// Of each stage.
  List<Hash> classes() {
    return List.copyOf(classes);
  }

  /// Its miners begin the job.
  ///
  /// @param cheat what they do instead of their work; empty when they do that
  void begin(Optional<Cheat> cheat) throws IOException {
    ask(GuildProcess.BEGIN + cheat.map(Cheat::toString).orElse(GuildProcess.HONEST));
    answer();
  }

  /// Its miners write the next round into a file.
  ///
  /// @return nanoseconds of the processor that it took, all stages
  long train(String file) throws IOException {
    ask(GuildProcess.TRAIN + file);
    return Long.parseLong(answer());
  }

  /// Its auditors begin with all steps of a round.
  void redo(String file) {
    ask(GuildProcess.REDO + file);
  }

  /// What they found, once they are done.
  List<AuditReport> found(String file) throws IOException, Malformed {
    answer();
    Path found = GuildProcess.found(directory, file, numeric);
    List<AuditReport> reports =
        GuildProcess.decode(found, from -> from.list(GuildProcess.REPORTS_MAX, AuditReport::read));
    Files.delete(found);
    return reports;
  }

  private void ask(String question) {
    questions.println(question);
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(
          "the process of %s has ended: %s".formatted(numeric, Files.readString(log).strip()));
    }
    return line;
  }

  @Override
  public void close() throws InterruptedException {
    questions.close();
    process.waitFor();
  }
}

package nimble.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nimble.codec.Writer;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.node.files.Mistake;

/// The validators' process as the clients see it: ports, and how far the chain is.
final class Validators implements AutoCloseable {
  /// For all validators, collected as by `nimble node start`.
  private static final List<String> HEAP =
      List.of("-Xms2g", "-Xmx2g", "-XX:-UseSerialGC", "-XX:+UseG1GC");

  private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter questions;
  private final List<NodeClient> clients;

  private Validators(
      Process process, BufferedReader answers, PrintWriter questions, List<NodeClient> clients) {
    this.process = process;
    this.answers = answers;
    this.questions = questions;
    this.clients = clients;
  }

  /// @param mainClass of `nimble`
  static Validators start(Cast cast, Path home, String mainClass) throws IOException, Mistake {
    Path genesis = home.resolve("genesis.bin");
    Files.write(genesis, Writer.encode(cast.genesis()::write).toArray());
    List<String> flags = new ArrayList<>(HEAP);
    String more = System.getenv("NIMBLE_BENCH_JAVA_OPTS");
    if (more != null) {
      flags.addAll(List.of(more.split(" ")));
    }
    List<String> arguments = new ArrayList<>(List.of("bench", "validators"));
    arguments.addAll(List.of("--home", home.toString(), "--seed", cast.seed().toString()));
    arguments.addAll(List.of("--validators", String.valueOf(cast.validators())));
    arguments.addAll(List.of("--genesis", genesis.toString()));
    ProcessBuilder builder = OwnJava.process(flags, mainClass, arguments);
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    PrintWriter questions =
        new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    List<NodeClient> clients = new ArrayList<>();
    for (JsonNode port : read(answers).path("ports")) {
      clients.add(NodeClient.connect("127.0.0.1", port.asInt()));
    }
    return new Validators(process, answers, questions, clients);
  }

  /// One for each validator.
  List<NodeClient> clients() {
    return clients;
  }

  long transfers() throws IOException, Mistake {
    return ask("progress").path("transfers").asLong();
  }

  synchronized ObjectNode ask(String question) throws IOException, Mistake {
    questions.println(question);
    return read(answers);
  }

  private static ObjectNode read(BufferedReader answers) throws IOException, Mistake {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the validators' process has ended");
    }
    return Json.read("validators", line, ObjectNode.class);
  }

  /// A line of `/proc/PID/status`, in bytes: `VmRSS`, `VmHWM`; 0 where the system does not tell.
  long memory(String name) throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  long pid() {
    return process.pid();
  }

  /// Processor time so far.
  double cpuSeconds() {
    return process.info().totalCpuDuration().map(it -> it.toMillis() / 1e3).orElse(0.0);
  }

  /// Of that, what Java's compilers took; not a number where the system does not tell.
  double compilerSeconds() throws IOException {
    Path tasks = Path.of("/proc", String.valueOf(process.pid()), "task");
    if (!Files.isDirectory(tasks)) {
      return Double.NaN;
    }
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.mapToLong(Validators::compilerNanos).sum() / 1e9;
    }
  }

  private static long compilerNanos(Path thread) {
    try {
      if (!COMPILER.matcher(Files.readString(thread.resolve("comm"))).lookingAt()) {
        return 0;
      }
      String statistics = Files.readString(thread.resolve("schedstat"));
      return Long.parseLong(statistics.substring(0, statistics.indexOf(' ')));
    } catch (IOException e) {
      // It has ended meanwhile.
      return 0;
    }
  }

  @Override
  public void close() throws InterruptedException {
    clients.forEach(NodeClient::close);
    questions.close();
    process.waitFor();
  }
}

package nimble.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.node.files.Json;
import nimble.node.files.Mistake;

/// `scripts/peer.py`: the same training in PyTorch, in a process of its own that waits until it is
/// told how many steps to do.
public final class PythonPeer implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter questions;
  private final JsonNode itself;

  private PythonPeer(Process process, BufferedReader answers, JsonNode itself) {
    this.process = process;
    this.answers = answers;
    this.itself = itself;
    questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /// Empty when there is no such Python, or it has no PyTorch.
  ///
  /// @param threads of each of its processes, before its libraries load
  /// @param arguments of the script
  public static Optional<PythonPeer> start(
      String python, Path script, int threads, List<String> arguments) throws Mistake {
    List<String> command = new ArrayList<>(List.of(python, script.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("MKL_NUM_THREADS", Integer.toString(threads));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = answers.readLine();
      return line == null
          ? Optional.empty()
          : Optional.of(
              new PythonPeer(process, answers, Json.read("peer", line, ObjectNode.class)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// What it says of itself: `version` of PyTorch, `device`.
  JsonNode itself() {
    return itself;
  }

  Rates.Sample train(int steps, long tokens) throws IOException, Mistake {
    questions.println(steps);
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("PyTorch has ended");
    }
    JsonNode spent = Json.read("peer", line, ObjectNode.class);
    return new Rates.Sample(
        tokens / spent.path("seconds").asDouble(),
        tokens / spent.path("processorSeconds").asDouble());
  }

  @Override
  public void close() throws InterruptedException {
    questions.close();
    process.waitFor();
  }
}

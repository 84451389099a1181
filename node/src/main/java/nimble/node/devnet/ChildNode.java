package nimble.node.devnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import nimble.node.files.Json;
import nimble.node.files.Mistake;

/// A node in a process of its own. It stops when its standard input ends: when it is told to, and
/// when this process dies, however that happens.
public final class ChildNode {
  /// How one is started.
  ///
  /// @param mainClass of `nimble`
  /// @param classPath of its JVM
  /// @param flags of its JVM, after those of this one
  /// @param arguments of `nimble node start`
  public record Order(
      String name,
      Path home,
      String mainClass,
      int heapMegabytes,
      String classPath,
      List<String> flags,
      List<String> arguments) {
    public Order {
      flags = List.copyOf(flags);
      arguments = List.copyOf(arguments);
    }

    /// With these flags besides.
    public Order with(List<String> more) {
      List<String> all = new ArrayList<>(flags);
      all.addAll(more);
      return new Order(name, home, mainClass, heapMegabytes, classPath, all, arguments);
    }

    public Path log() {
      return home.resolve("logs").resolve("node.log");
    }

    private Path errors() {
      return home.resolve("logs").resolve("process.log");
    }
  }

  private static final long START_SECONDS = 300;
  private static final long STOP_SECONDS = 20;

  private final Order order;
  private final Process process;
  private final CompletableFuture<String> firstLine = new CompletableFuture<>();
  private volatile boolean stopping;

  private ChildNode(Order order, Process process) {
    this.order = order;
    this.process = process;
  }

  /// @param onEnd told when it ends without having been told to
  public static ChildNode start(Order order, Consumer<String> onEnd) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(order));
    builder.environment().keySet().removeIf(name -> name.startsWith("NIMBLE_"));
    builder.environment().put("NIMBLE_PASSWORD", DevnetHome.PASSWORD);
    // Native tensors come and go on many threads: fewer arenas keep less of what they freed.
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    builder.redirectError(order.errors().toFile());
    ChildNode child = new ChildNode(order, builder.start());
    Thread.ofPlatform().daemon().name("child-" + order.name()).start(() -> child.follow(onEnd));
    return child;
  }

  /// The flags that this JVM was started with, but for its memory and its agents.
  private static List<String> command(Order order) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!flag.startsWith("-Xm") && !flag.startsWith("-agent") && !flag.startsWith("-javaagent")) {
        command.add(flag);
      }
    }
    command.add("-Xmx%dm".formatted(order.heapMegabytes()));
    command.addAll(order.flags());
    command.addAll(List.of("-cp", order.classPath(), order.mainClass()));
    command.addAll(List.of("node", "start", "--home", order.home().toString()));
    command.addAll(List.of("--json", "--stop-on-eof"));
    command.addAll(order.arguments());
    return command;
  }

  private void follow(Consumer<String> onEnd) {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        firstLine.complete(line);
      }
      int code = process.waitFor();
      String words = "%s ended with code %d: see %s".formatted(order.name(), code, order.errors());
      firstLine.completeExceptionally(new IOException(words));
      if (!stopping) {
        onEnd.accept(words);
      }
    } catch (IOException | InterruptedException e) {
      firstLine.completeExceptionally(e);
    }
  }

  /// Waits until it runs: what it says of itself then.
  public JsonNode running() throws IOException, Mistake, InterruptedException {
    try {
      String line = firstLine.get(START_SECONDS, TimeUnit.SECONDS);
      if (!line.startsWith("{")) {
        throw new IOException("%s does not start: %s".formatted(order.name(), line));
      }
      return Json.read(order.name(), line, JsonNode.class);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "%s does not start: %s"
              .formatted(
                  order.name(), e.getCause() == null ? order.errors() : e.getCause().getMessage()),
          e);
    }
  }

  public long pid() {
    return process.pid();
  }

  /// Of all its processors together, since it was started.
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// Ends it from one instant to the next: nothing of it runs any more when this returns.
  public void kill() throws InterruptedException {
    stopping = true;
    process.destroyForcibly().waitFor();
  }

  /// Tells it to stop as a supervisor does, and waits. Returns its exit code.
  public int terminate() throws InterruptedException {
    stopping = true;
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  /// Tells it to stop, without waiting.
  public void stop() {
    stopping = true;
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
  }

  /// Waits until it has stopped, and ends it when it does not.
  void awaitEnd() throws InterruptedException {
    awaitEnd(STOP_SECONDS);
  }

  public void awaitEnd(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}

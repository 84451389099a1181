package nimble.node.wide;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A validator's process as the harness sees it.
final class WideHost implements AutoCloseable {
  /// A block that became final there.
  record Final(long height, long atMillis, long latencyMillis) {}

  private static final long STOP_SECONDS = 20;

  private final Process process;
  private final PrintWriter orders;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final List<Final> finals = new ArrayList<>();
  private final List<Double> paid = new ArrayList<>();

  private WideHost(Process process) {
    this.process = process;
    this.orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /// @param arguments of [WideNode]
  static WideHost start(List<String> on, int heapMegabytes, Path log, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(on);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!flag.startsWith("-Xm") && !flag.startsWith("-agent") && !flag.startsWith("-javaagent")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-Xmx%dm".formatted(heapMegabytes), "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(WideNode.class.getName());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    WideHost host = new WideHost(builder.start());
    Thread.ofPlatform().daemon().name("host-" + log.getFileName()).start(host::follow);
    return host;
  }

  private void follow() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard(line.split(" ", -1));
      }
    } catch (IOException e) {
      // It ended: whoever waits for it finds out.
    }
  }

  private synchronized void heard(String[] words) {
    switch (words[0]) {
      case "ready" -> ready.countDown();
      case "final" ->
          finals.add(
              new Final(
                  Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3])));
      case "paid" -> paid.add(Double.parseDouble(words[1]));
      default -> {}
    }
    notifyAll();
  }

  boolean awaitReady(long seconds) throws InterruptedException {
    return ready.await(seconds, TimeUnit.SECONDS);
  }

  /// False when the time is up first.
  synchronized boolean awaitHeight(long height, long millis) throws InterruptedException {
    long until = System.currentTimeMillis() + millis;
    while (height() < height) {
      long left = until - System.currentTimeMillis();
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  synchronized long height() {
    return finals.isEmpty() ? 0 : finals.getLast().height();
  }

  synchronized List<Final> finals() {
    return List.copyOf(finals);
  }

  synchronized List<Double> paid() {
    return List.copyOf(paid);
  }

  /// What was measured so far is forgotten, but for the height.
  synchronized void forget() {
    while (finals.size() > 1) {
      finals.removeFirst();
    }
    paid.clear();
  }

  void pay(int count) {
    orders.println("pay " + count);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws InterruptedException {
    orders.close();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}

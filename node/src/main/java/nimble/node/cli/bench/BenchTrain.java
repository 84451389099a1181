package nimble.node.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.bench.PythonPeer;
import nimble.node.bench.TrainBench;
import nimble.node.bench.TrainNetworkBench;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.option.NumericOption;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.vm.Machine;
import nimble.vm.djl.Numeric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "train",
    description = {
      "Tokens a second of training in one piece, and what part of it the exact optimizer, codec and",
      "hash take; beside PyTorch where Python has it. With --network three stages on a local network."
    })
final class BenchTrain implements Callable<Integer> {
  private static final int ROUNDS_MAX = 1_000;
  private static final int STEPS_MAX = 1_000_000;
  private static final int PERMILLE = 1_000;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--text", required = true, paramLabel = "FILE", description = "Text to train on.")
  private Path text = Path.of("");

  @Option(names = "--rounds", defaultValue = "7", description = "Of each (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--steps", defaultValue = "50", description = "Of a round (${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Of one computation, on both sides (${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      defaultValue = "cpu",
      description = "What computes, on both sides (${DEFAULT-VALUE}).")
  private String device = "";

  @Option(
      names = "--soak",
      paramLabel = "STEPS",
      defaultValue = "0",
      description = "Also trains a small model so many steps: whether memory grows.")
  private int soak;

  @Option(
      names = "--network",
      description = "Three stages with commitments and audits, against two ranks of PyTorch.")
  private boolean network;

  @Option(
      names = "--audits",
      paramLabel = "PERMILLE",
      defaultValue = "100",
      description = "With --network: audited steps of a thousand (${DEFAULT-VALUE}, the demo's).")
  private int audits;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      defaultValue = "${env:PYTHON:-python3}",
      description = "An interpreter that has torch (${DEFAULT-VALUE}).")
  private String python = "";

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private Optional<Path> json = Optional.empty();

  @Override
  public Integer call() throws Exception {
    if (!Files.isRegularFile(text)) {
      throw Mistake.of("--text: %s is not a file", text);
    }
    Mistake.between("--rounds", rounds, 1, ROUNDS_MAX);
    Mistake.between("--steps", steps, 1, STEPS_MAX);
    Mistake.between("--threads", threads, 1, Numeric.THREADS_MAX);
    Mistake.between("--soak", soak, 0, Integer.MAX_VALUE);
    Mistake.between("--audits", audits, 1, PERMILLE);
    Numeric numeric = new Numeric(Numeric.usual().cap(), threads, NumericOption.device(device));
    if (network && !numeric.equals(Numeric.usual())) {
      throw new Mistake("--network takes neither --device nor --threads: it runs on two cores");
    }
    String figures = Json.show(network ? onNetwork() : inOnePiece(numeric));
    if (json.isPresent()) {
      Files.writeString(json.get(), figures + "\n");
    }
    out().println(figures);
    return ExitCode.DONE;
  }

  private ObjectNode inOnePiece(Numeric numeric) throws Exception {
    TrainBench.Order order = new TrainBench.Order(text, numeric, rounds, steps, soak);
    try (Machine machine = NumericOption.machine(Optional.of(numeric))) {
      Optional<PythonPeer> peer = peer(threads, TrainBench.peer(order));
      try {
        return new TrainBench(order, machine, out()).run(peer);
      } finally {
        close(peer);
      }
    }
  }

  private ObjectNode onNetwork() throws Exception {
    TrainNetworkBench.Order order = new TrainNetworkBench.Order(text, rounds, steps, audits);
    Optional<PythonPeer> peer = peer(1, TrainNetworkBench.peer(order));
    try {
      return new TrainNetworkBench(order, out()).run(peer);
    } finally {
      close(peer);
    }
  }

  private Optional<PythonPeer> peer(int peerThreads, List<String> arguments) throws Mistake {
    Path script = Path.of(System.getProperty("nimble.root", "."), "scripts", "peer.py");
    Optional<PythonPeer> peer = PythonPeer.start(python, script, peerThreads, arguments);
    if (peer.isEmpty()) {
      out().printf("%s has no PyTorch for this: Nimble alone (PYTHON=... names another)%n", python);
      out().flush();
    }
    return peer;
  }

  private static void close(Optional<PythonPeer> peer) throws InterruptedException {
    if (peer.isPresent()) {
      peer.get().close();
    }
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}

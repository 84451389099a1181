package nimble.node.cli.network;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import nimble.genesis.Parameters;
import nimble.node.chain.Reporter;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;
import nimble.node.cli.console.StopSignal;
import nimble.node.cli.option.FaultOption;
import nimble.node.cli.option.NumericOption;
import nimble.node.client.ClientFailure;
import nimble.node.devnet.Demo;
import nimble.node.devnet.DemoNetwork;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.IsolatedNetwork;
import nimble.node.devnet.LogFile;
import nimble.node.devnet.RunningNetwork;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.storage.file.DataDirectory;
import nimble.vm.djl.Numeric;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    description =
        "Starts a local network, trains a small GPT on a text, pays for it and generates from it.")
public final class DemoCommand implements Callable<Integer> {
  /// As on the main network.
  private static final int SERVED_VALIDATORS = 3;

  private static final int STEPS_MAX = 1_000_000;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Text to train on. Default: this project's own sources and documents.")
  private @Nullable Path text;

  @Option(
      names = "--steps",
      defaultValue = "200",
      description = "Optimizer steps (${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--validators",
      defaultValue = "4",
      description = "Validators, 1 to 20 (${DEFAULT-VALUE}).")
  private int validators;

  @Option(
      names = "--miners",
      defaultValue = "3",
      description = "Miners, 1 to 64; more than three are spares (${DEFAULT-VALUE}).")
  private int miners;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Keeps the network's data here. Default: a temporary directory.")
  private @Nullable Path home;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes a summary.")
  private @Nullable Path json;

  @Option(
      names = "--isolated",
      description = "Runs every node as a process of its own; logs are in their directories.")
  private boolean isolated;

  @Option(
      names = "--fault",
      paramLabel = "INDEX=ACTOR",
      description =
          "Miner INDEX, from 0, misbehaves, or validator INDEX where ACTOR is an auditor's: "
              + FaultOption.ACTORS
              + ". Repeatable.")
  private List<String> faults = List.of();

  @Option(
      names = "--numeric",
      paramLabel = "NODE=CAP",
      description = {
        "Node NODE computes with instruction set CAP, avx2, avx512 or default (portable); with"
            + " CAP/N on N threads, with /cuda on a GPU. All others then do with default. NODE is a number from 0,"
            + " validators before miners, or a name such as miner0. Repeatable; implies --isolated."
      })
  private List<String> numerics = List.of();

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      defaultValue = "cpu",
      description =
          "What all nodes compute on (${DEFAULT-VALUE}); cuda implies --isolated. For some of them:"
              + " --numeric NODE=CAP/cuda.")
  private String device = "";

  @Option(names = "--exit", description = "Ends the network when the demo is over.")
  private boolean exit;

  @Option(
      names = "--api-port",
      defaultValue = "0",
      description = "Port of the first node's API; 0 takes a free one (${DEFAULT-VALUE}).")
  private int apiPort;

  /// A class of two accomplices is served nowhere, unless classes are mixed on purpose.
  private Parameters parameters() {
    Parameters devnet = Parameters.devnet();
    return numerics.isEmpty()
        ? devnet.with(devnet.training().withServedClasses(Math.min(validators, SERVED_VALIDATORS)))
        : devnet;
  }

  /// A job of served classes would wait for validators that compute as this miner does.
  private boolean anyClass(SortedMap<String, Numeric> chosen) {
    return !NumericOption.of("validator", validators, chosen)
        .containsAll(NumericOption.of("miner", miners, chosen));
  }

  @Override
  public Integer call() throws Mistake, IOException, DataDirectory.Refused, InterruptedException {
    check("--steps", steps, STEPS_MAX);
    check("--validators", validators, Devnet.VALIDATORS_MAX);
    check("--miners", miners, Devnet.MINERS_MAX);
    Devnet devnet = FaultOption.apply(faults, Devnet.fresh(validators, miners, parameters()));
    SortedMap<String, Numeric> chosen =
        NumericOption.everywhere(
            NumericOption.parse(numerics, validators, miners),
            NumericOption.device(device),
            validators,
            miners);
    isolated |= !chosen.isEmpty();
    // Here once, instead of in the log of each process.
    NumericOption.machine(
            chosen.values().stream().filter(it -> it.device() != Numeric.Device.CPU).findFirst())
        .close();
    PrintWriter out = command.commandLine().getOut();
    Path directory = home == null ? Files.createTempDirectory("nimble-demo-") : home;
    Demo demo =
        new Demo(
            new Demo.Order(
                Optional.ofNullable(text), root(), steps, validators, miners, anyClass(chosen)),
            out,
            Root.surroundingsOf(command).terminal().isPresent());
    byte[] data = demo.text();
    if (isolated) {
      out.println("starting %d processes ...".formatted(validators + miners));
      out.flush();
    }
    Path log = directory.resolve("demo.log");
    try (LogFile reporter = new LogFile(log, Reporter.Level.INFO);
        DemoNetwork network = start(devnet, directory, chosen, reporter)) {
      out.printf(
          "network   %d validators and %d miners in %s; data and log in %s%n",
          validators, miners, isolated ? "processes of their own" : "this process", directory);
      out.printf("api       http://%s%n", network.client().node());
      return run(demo, network, data, out, isolated ? directory : log);
    }
  }

  private DemoNetwork start(
      Devnet devnet, Path directory, SortedMap<String, Numeric> numerics, Reporter reporter)
      throws Mistake, IOException, DataDirectory.Refused, InterruptedException {
    if (isolated) {
      String nimble = Root.mainOf(command);
      return IsolatedNetwork.start(devnet, directory, apiPort, nimble, numerics, reporter);
    }
    int threads = Math.min(Runtime.getRuntime().availableProcessors(), miners);
    return RunningNetwork.start(devnet, threads, directory, apiPort, reporter);
  }

  private int run(Demo demo, DemoNetwork network, byte[] data, PrintWriter out, Path log)
      throws IOException, InterruptedException {
    Demo.Result result;
    try {
      result = demo.run(network, data);
    } catch (ClientFailure e) {
      out.printf("error: %s%n", network.failure().orElse(String.valueOf(e.getMessage())));
      out.printf("see %s%n", log);
      return ExitCode.NODE_FAILED;
    }
    if (json != null) {
      Files.writeString(json, Json.show(result.summary().json()) + "\n");
    }
    if (!exit) {
      out.println("The network stays up. Stop it with Ctrl-C.");
      out.flush();
      StopSignal.await();
    }
    return result.completed() ? ExitCode.DONE : ExitCode.NODE_FAILED;
  }

  private static Path root() {
    return Path.of(System.getProperty("nimble.root", ".")).toAbsolutePath().normalize();
  }

  private static void check(String option, int value, int max) throws Mistake {
    if (value < 1 || value > max) {
      throw Mistake.of("%s must be between 1 and %d, was %d", option, max, value);
    }
  }
}

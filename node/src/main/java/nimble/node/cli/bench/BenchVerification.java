package nimble.node.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;
import nimble.node.cli.option.NumericOption;
import nimble.node.devnet.DemoJob;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.verification.Subject;
import nimble.node.verification.VerificationBench;
import nimble.training.NumericClass;
import nimble.vm.djl.Numeric;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "verification",
    description = {
      "What audits find of cheats and of honest work, within a numeric class and across classes, and",
      "what it costs: real stages on this machine, auditors of each class in a process of their own.",
      "Tables on standard output, progress beside it."
    })
final class BenchVerification implements Callable<Integer> {
  private static final int HONEST_MAX = 10_000_000;
  private static final int ROUNDS_MAX = 1_000;
  private static final int OPERATORS_MAX = 10_000;
  private static final int SAMPLES_MAX = 1_000_000;
  private static final int STEPS_OF_A_ROUND = 10;
  private static final int STEPS_MIN = 1_000;
  private static final int QUICK_STEPS = 4;

  /// Two rounds.
  private static final int QUICK_HONEST = 24;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      description = "A job file. Default: the job of the demo, in three stages.")
  private Optional<Path> spec = Optional.empty();

  @Option(
      names = "--honest",
      defaultValue = "300",
      description =
          "Audits of the first class's honest work by each class, at least (${DEFAULT-VALUE}).")
  private int honest;

  @Option(
      names = "--rounds",
      defaultValue = "2",
      description =
          "Rounds of each cheat of the first class, all steps audited (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--operators",
      defaultValue = "10",
      description = "Operators of each stage that are falsified in disputes (${DEFAULT-VALUE}).")
  private int operators;

  @Option(
      names = "--samples",
      defaultValue = "40",
      description = "Numbers of each tensor that the referee judges (${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--classes",
      split = ",",
      paramLabel = "CAP[/THREADS]",
      description = {
        "Classes beside the first, which is this process's.",
        "Default: all instruction sets, and two threads."
      })
  private List<String> classes = List.of();

  @Option(
      names = "--miners",
      split = ",",
      paramLabel = "CAP[/THREADS]",
      description = {
        "Those of the classes whose miners are audited: the first in full, others with a third of",
        "the audits. Default: all of them."
      })
  private List<String> miners = List.of();

  @Option(
      names = "--quick",
      description = "A model of a few thousand parameters, two classes, few audits: seconds.")
  private boolean quick;

  @Option(
      names = "--small",
      description = {
        "The demo's job with 42,000 parameters and every kind of layer that it has:",
        "100,000 honest audits take minutes for each class."
      })
  private boolean small;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private @Nullable Path json;

  @Override
  public Integer call() throws Mistake, IOException, Malformed, InterruptedException {
    Mistake.between("--honest", honest, 1, HONEST_MAX);
    Mistake.between("--rounds", rounds, 1, ROUNDS_MAX);
    Mistake.between("--operators", operators, 1, OPERATORS_MAX);
    Mistake.between("--samples", samples, 1, SAMPLES_MAX);
    List<Numeric> all = classes();
    TrainingParameters parameters = Parameters.devnet().training();
    int steps =
        quick
            ? QUICK_STEPS
            : parameters.roundSteps() > 0
                ? Math.toIntExact(parameters.roundSteps())
                : STEPS_OF_A_ROUND;
    ClassJob job = job(steps);
    Subject subject =
        new Subject(
            job.spec(),
            job.text(),
            Math.min(steps, job.spec().training().steps()),
            NumericClass.billionths(parameters, job.spec().model()));
    VerificationBench.Order order =
        new VerificationBench.Order(
            all,
            miners(all),
            quick ? QUICK_HONEST : honest,
            quick ? 1 : rounds,
            quick ? 1 : operators,
            quick ? 1 : samples,
            parameters.checkpointRounds());
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    long start = System.nanoTime();
    ObjectNode figures =
        new VerificationBench(
                subject,
                order,
                Root.mainOf(command),
                line -> {
                  err.println(line);
                  err.flush();
                })
            .run();
    figures.put("wallSeconds", (System.nanoTime() - start) / 1_000_000_000);
    if (json != null) {
      Files.writeString(json, Json.show(figures) + "\n");
    }
    out.println(VerificationTables.show(figures, Root.surroundingsOf(command)));
    return ExitCode.DONE;
  }

  /// Of as many rounds as honest audits are of, and cheats.
  private ClassJob job(int roundSteps) throws Mistake, IOException {
    if (quick) {
      return ClassJob.quick();
    }
    if (spec.isPresent() && small) {
      throw Mistake.of("--small and --spec exclude each other");
    }
    int honestRounds = Math.ceilDiv(honest, DemoJob.STAGES_MAX * roundSteps);
    int steps = Math.max(STEPS_MIN, (honestRounds + rounds + 1) * roundSteps);
    return small ? ClassJob.small(steps) : ClassJob.of(spec, steps);
  }

  /// The process's own first.
  private List<Numeric> classes() throws Mistake {
    Numeric usual = Numeric.usual();
    List<Numeric> all = new ArrayList<>(List.of(usual));
    for (String words : classes) {
      all.add(NumericOption.numeric(words));
    }
    if (classes.isEmpty() && quick) {
      all.add(new Numeric(Numeric.Cap.DEFAULT, 1));
    } else if (classes.isEmpty()) {
      Numeric.Cap.allowed().forEach(cap -> all.add(new Numeric(cap, 1)));
      all.add(new Numeric(usual.cap(), 2));
    }
    return all.stream().distinct().toList();
  }

  private List<Numeric> miners(List<Numeric> all) throws Mistake {
    List<Numeric> chosen = new ArrayList<>();
    for (String words : miners) {
      Numeric miner = NumericOption.numeric(words);
      if (!all.contains(miner)) {
        throw Mistake.of(
            "--miners must be some of the classes %s, was %s: name it with --classes too",
            String.join(", ", all.stream().map(Numeric::toString).toList()), miner);
      }
      chosen.add(miner);
    }
    return chosen.isEmpty() ? all : chosen;
  }
}

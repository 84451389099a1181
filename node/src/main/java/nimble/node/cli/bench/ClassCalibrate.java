package nimble.node.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import nimble.genesis.Parameters;
import nimble.genesis.ToleranceParameters;
import nimble.node.bench.OwnJava;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Root;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NumericOption;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.training.NumericClass;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.audit.Errors;
import nimble.vm.audit.StepResult;
import nimble.vm.audit.StepSample;
import nimble.vm.audit.TensorKind;
import nimble.vm.djl.DjlMachine;
import nimble.vm.djl.Numeric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "calibrate",
    description = {
      "Measures how far honest machines of different numeric classes are apart, on classes that this",
      "machine can take, and proposes tolerances: twice the largest error. Trains a job for a while,",
      "and has steps of it redone in a process of each class."
    })
final class ClassCalibrate implements Callable<Integer> {
  private static final int STEPS_MAX = 100_000;
  private static final int SAMPLED_MAX = 100;
  private static final List<String> HEAP = List.of("-Xmx1g");
  private static final int DIGITS = 8;
  private static final double BILLION = 1e9;

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      description = "A job file. Default: the job of the demo, in three stages.")
  private Optional<Path> spec = Optional.empty();

  @Option(
      names = "--steps",
      defaultValue = "100",
      description = "Training steps, some of which are compared (${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--samples",
      defaultValue = "5",
      description = "Steps that are compared, from the first to the last (${DEFAULT-VALUE}).")
  private int sampled;

  @Option(
      names = "--classes",
      split = ",",
      paramLabel = "CAP[/THREADS]",
      description = "Which to compare. Default: all instruction sets, and two threads.")
  private List<String> classes = List.of();

  /// What an auditor of one class finds of a miner of another.
  private record Pair(Numeric miner, Numeric auditor, Errors errors) {}

  @Override
  public Integer call() throws Exception {
    check("--steps", steps, 1, STEPS_MAX);
    check("--samples", sampled, 1, SAMPLED_MAX);
    List<Numeric> settings = settings();
    ClassJob job = ClassJob.of(spec);
    Path directory = Files.createTempDirectory("nimble-class-");
    try {
      List<StepSample> samples = record(job);
      ClassTrial.write(directory, job.spec(), samples);
      Map<Numeric, ClassTrial.Report> reports = new LinkedHashMap<>();
      for (Numeric setting : settings) {
        output.note("measuring %s ...".formatted(setting));
        run(directory, setting);
        reports.put(setting, ClassTrial.report(directory, setting));
      }
      show(job.spec().model(), reports, pairs(job.spec(), samples, reports));
    } finally {
      delete(directory);
    }
    return ExitCode.DONE;
  }

  private static void check(String option, int value, int min, int max) throws Mistake {
    if (value < min || value > max) {
      throw Mistake.of("%s must be between %d and %d, was %d", option, min, max, value);
    }
  }

  private List<Numeric> settings() throws Mistake {
    List<Numeric> settings = new ArrayList<>();
    for (String words : classes) {
      settings.add(NumericOption.numeric(words));
    }
    if (classes.isEmpty()) {
      Numeric.Cap.allowed().forEach(cap -> settings.add(new Numeric(cap, 1)));
      settings.add(new Numeric(Numeric.usual().cap(), 2));
    }
    List<Numeric> distinct = settings.stream().distinct().toList();
    if (distinct.size() < 2) {
      throw Mistake.of("--classes must name at least two, named %s", distinct);
    }
    return distinct;
  }

  /// Trains as nodes usually do; samples are spread evenly from the first step to the last.
  private List<StepSample> record(ClassJob job) {
    List<Integer> at =
        Stream.iterate(0, i -> i + 1)
            .limit(sampled)
            .map(i -> sampled == 1 ? steps - 1 : (int) ((steps - 1L) * i / (sampled - 1)))
            .distinct()
            .toList();
    output.note("training %d steps ...".formatted(steps));
    try (Machine machine = new DjlMachine()) {
      return StepSample.record(
          machine, job.spec().stageSpecs(), job.spec().training(), job.data(), at);
    }
  }

  private void run(Path directory, Numeric numeric) throws IOException, InterruptedException {
    ProcessBuilder builder =
        OwnJava.process(
            HEAP,
            Root.mainOf(command),
            List.of("class", "trial", directory.toString(), "--numeric", numeric.toString()));
    Path log = directory.resolve("log");
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          "the process for %s ended with code %d: %s"
              .formatted(numeric, code, Files.readString(log).strip()));
    }
  }

  private static List<Pair> pairs(
      JobSpec spec, List<StepSample> samples, Map<Numeric, ClassTrial.Report> reports) {
    List<Pair> pairs = new ArrayList<>();
    reports.forEach((miner, theirs) ->
        reports.forEach((auditor, ours) -> {
          if (!miner.equals(auditor)) {
            Errors errors = Errors.NONE;
            for (int i = 0; i < samples.size(); i++) {
              StepResult mine = ours.results().get(i);
              StepResult other = theirs.results().get(i);
              int stage = samples.get(i).stage();
              errors =
                  errors.max(mine.errors(spec.stageSpecs().get(stage), spec.training(), other));
            }
            pairs.add(new Pair(miner, auditor, errors));
          }
        }));
    return pairs;
  }

  private void show(ModelSpec model, Map<Numeric, ClassTrial.Report> reports, List<Pair> pairs) {
    ObjectNode json = Json.object();
    Table classes = new Table("SETTING", "CLASS OF EACH STAGE");
    reports.forEach((numeric, report) -> {
      ObjectNode one = json.withArray("settings").addObject().put("numeric", numeric.toString());
      report.classes().forEach(it -> one.withArray("classes").add(it.toString()));
      List<String> words =
          report.classes().stream().map(Hash::toString).map(it -> it.substring(0, DIGITS)).toList();
      classes.row(numeric, String.join(" ", words));
    });
    Table errors = new Table("MINER", "AUDITOR", "y", "dx", "dW");
    Errors largest = Errors.NONE;
    for (Pair pair : pairs) {
      ObjectNode one =
          json.withArray("pairs")
              .addObject()
              .put("miner", pair.miner().toString())
              .put("auditor", pair.auditor().toString());
      put(one, pair.errors());
      errors.row(
          pair.miner(),
          pair.auditor(),
          words(pair.errors().output()),
          words(pair.errors().inputGradient()),
          words(pair.errors().weightGradient()));
      largest = largest.max(pair.errors());
    }
    put(json.putObject("largest"), largest);
    ToleranceParameters proposed = proposed(largest);
    ToleranceParameters devnet = NumericClass.billionths(Parameters.devnet().training(), model);
    String precision = model.precision().title();
    json.set("proposed", Json.of(proposed));
    json.set("devnet", Json.of(devnet));
    output.document(
        json,
        """
        %s
        largest relative error of a tensor, over all stages and samples
        %s
        largest   %s
        proposed  training.classes.%s = %s, in billionths: twice the largest
        devnet    training.classes.%s = %s
        """
            .formatted(
                classes.show(output.surroundings()),
                errors.show(output.surroundings()),
                largest,
                precision,
                words(proposed),
                precision,
                words(devnet)));
  }

  private static void put(ObjectNode json, Errors errors) {
    for (TensorKind kind : TensorKind.values()) {
      json.put(kind.toString(), errors.of(kind));
    }
  }

  private static String words(double error) {
    return "%.2e".formatted(error);
  }

  private static String words(ToleranceParameters p) {
    return "output %d, inputGradient %d, weightGradient %d"
        .formatted(p.output(), p.inputGradient(), p.weightGradient());
  }

  private static ToleranceParameters proposed(Errors largest) {
    return new ToleranceParameters(
        doubled(largest.output()),
        doubled(largest.inputGradient()),
        doubled(largest.weightGradient()));
  }

  private static long doubled(double error) {
    return (long) Math.min(BILLION - 1, Math.ceil(2 * error * BILLION));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

package nimble.node.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.option.NumericOption;
import nimble.node.files.Mistake;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.audit.StepResult;
import nimble.vm.audit.StepSample;
import nimble.vm.djl.Numeric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// One class's part in a calibration, in a process of its own: native libraries read their settings
/// once.
@Command(name = "trial", hidden = true, description = "What `class calibrate` starts.")
final class ClassTrial implements Callable<Integer> {
  private static final int SAMPLES_MAX = 1 << 16;
  private static final int STAGES_MAX = 64;

  /// What a process found: its class for each stage, and what it makes of each sample.
  record Report(List<Hash> classes, List<StepResult> results) {
    private Bytes encode() {
      return Writer.encode(writer ->
          writer
              .list(classes, STAGES_MAX, Hash::write)
              .list(results, SAMPLES_MAX, StepResult::write));
    }

    private static Report read(Reader reader) throws Malformed {
      return new Report(
          reader.list(STAGES_MAX, Hash::read), reader.list(SAMPLES_MAX, StepResult::read));
    }
  }

  @Parameters(paramLabel = "DIR", description = "Where the samples are.")
  private Path directory = Path.of("");

  @Option(
      names = "--numeric",
      required = true,
      paramLabel = "CAP[/THREADS]",
      description = "Class.")
  private String numeric = "";

  static void write(Path directory, JobSpec spec, List<StepSample> samples) throws IOException {
    Files.write(directory.resolve("spec"), spec.encode().toArray());
    Bytes encoded = Writer.encode(it -> it.list(samples, SAMPLES_MAX, StepSample::write));
    Files.write(directory.resolve("samples"), encoded.toArray());
  }

  static Report report(Path directory, Numeric numeric) throws IOException, Malformed {
    return read(report(directory, numeric.toString()), Report::read);
  }

  private static Path report(Path directory, String numeric) {
    return directory.resolve(numeric.replace('/', '-'));
  }

  private static <T> T read(Path file, Reader.Decoder<T> decoder) throws IOException, Malformed {
    return Reader.decode(Bytes.wrap(Files.readAllBytes(file)), decoder);
  }

  @Override
  public Integer call() throws Mistake, IOException, Malformed {
    Numeric chosen = NumericOption.numeric(numeric);
    JobSpec spec = read(directory.resolve("spec"), JobSpec::read);
    List<StepSample> samples =
        read(directory.resolve("samples"), reader -> reader.list(SAMPLES_MAX, StepSample::read));
    List<StageSpec> stages = spec.stageSpecs();
    try (Machine machine = NumericOption.machine(Optional.of(chosen))) {
      List<StepResult> results =
          samples.stream()
              .map(it -> StepResult.of(machine, stages.get(it.stage()), spec.training(), it))
              .toList();
      List<Hash> classes = ClassJob.classes(machine, stages, spec.training(), Hash.ZERO);
      Report report = new Report(classes, results);
      Files.write(report(directory, chosen.toString()), report.encode().toArray());
    }
    return ExitCode.DONE;
  }
}

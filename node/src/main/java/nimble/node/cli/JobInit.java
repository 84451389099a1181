package nimble.node.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.files.JobTemplate;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "init", description = "Writes a commented job file to start from.")
final class JobInit implements Callable<Integer> {
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "FILE",
      defaultValue = "job.yaml",
      description = "Where to write it (${DEFAULT-VALUE}).")
  private Path file = Path.of("");

  @Option(
      names = "--name",
      defaultValue = "my-model",
      description = "What the model is called (${DEFAULT-VALUE}).")
  private String name = "";

  @Option(
      names = "--data",
      paramLabel = "FILE",
      defaultValue = "text.txt",
      description = "What it is trained on (${DEFAULT-VALUE}).")
  private String data = "";

  @Option(
      names = "--steps",
      defaultValue = "2000",
      description = "Optimizer steps (${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--stages",
      defaultValue = "3",
      description = "Stages, each for a miner of its own (${DEFAULT-VALUE}).")
  private int stages;

  @Override
  public Integer call() throws Exception {
    if (steps < 1 || stages < 1) {
      throw Mistake.of("--steps and --stages must be at least 1, were %d and %d", steps, stages);
    }
    SafeFile.create(file, JobTemplate.text(name, data, steps, stages));
    output.document(
        Json.object().put("file", file.toString()),
        "%s written: edit it, then `nbcli job plan %s`".formatted(file, file));
    return ExitCode.DONE;
  }
}

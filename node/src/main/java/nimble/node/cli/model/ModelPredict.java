package nimble.node.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.node.cli.chain.TrustOptions;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.JobFile;
import nimble.node.files.Mistake;
import nimble.node.files.NewFolder;
import nimble.node.files.Questions;
import nimble.node.files.SafeFile;
import nimble.training.spec.JobSpec;
import nimble.vm.Machine;
import nimble.vm.djl.DjlMachine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "predict",
    description = {
      "Runs a trained mlp, text-classifier or cnn here: for each row of the data its class and how",
      "probable that is, or its number, and how often that is right where the data has labels."
    })
final class ModelPredict implements Callable<Integer> {
  /// Of a job spec, several times over.
  private static final int SPEC_BYTES_MAX = 1 << 20;

  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final TrustOptions trust = new TrustOptions();

  @Parameters(
      paramLabel = "JOB|DIR",
      description = "A COMPLETED job's number, or a folder of `model download`.")
  private String subject = "";

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "A table, lines of JSON or a folder of images, labelled or not.")
  private Path data = Path.of("");

  @Option(
      names = "--job-file",
      paramLabel = "FILE",
      defaultValue = "job.yaml",
      description =
          "By which it was trained: it says what columns and classes are (${DEFAULT-VALUE}).")
  private Path jobFile = Path.of("");

  @Override
  public Integer call() throws Exception {
    Questions questions = JobFile.questions(jobFile, data);
    Path folder = Path.of(subject);
    if (Files.isDirectory(folder)) {
      predict(questions, spec(folder), checkpoints(folder));
      return ExitCode.DONE;
    }
    try (NodeClient client = node.connect()) {
      TrainedJob job = TrainedJob.of(client, node, trust, subject);
      check(questions, job.spec());
      Path fetched = Files.createTempDirectory("nimble-predict");
      try {
        predict(questions, job.spec(), job.fetch(client.blobs(), fetched, output));
      } finally {
        NewFolder.delete(fetched);
      }
      return ExitCode.DONE;
    }
  }

  private static JobSpec spec(Path folder) throws Mistake, IOException {
    try {
      return JobSpec.decode(SafeFile.readBytes(folder.resolve("job.spec"), SPEC_BYTES_MAX));
    } catch (Malformed e) {
      throw Mistake.in(folder.resolve("job.spec").toString(), e);
    }
  }

  private static List<Path> checkpoints(Path folder) throws Mistake, IOException {
    List<Path> all = new ArrayList<>();
    for (int i = 0; i < spec(folder).stages(); i++) {
      Path file = folder.resolve("stage-%d.checkpoint".formatted(i));
      if (!Files.exists(file)) {
        throw Mistake.of("%s does not exist: fetch the model again with --format nimble", file);
      }
      all.add(file);
    }
    return all;
  }

  /// What a model's numbers mean only its own job file says.
  private void check(Questions questions, JobSpec spec) throws Mistake {
    if (!questions.model().layers().equals(spec.model().layers())
        || questions.model().context() != spec.model().context()) {
      throw Mistake.of(
          "%s is not the job file of '%s': it trains another model; --job-file must name the one by"
              + " which it was trained",
          jobFile, spec.name());
    }
  }

  private void predict(Questions questions, JobSpec spec, List<Path> checkpoints)
      throws Mistake, IOException, ClientFailure {
    check(questions, spec);
    try (Machine machine = new DjlMachine();
        WholeModel model = WholeModel.load(machine, spec, checkpoints, Predictions.ROWS)) {
      Predictions predictions = new Predictions(questions, model, output);
      questions.each(predictions::ask);
      predictions.end();
    }
  }
}

package nimble.node.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Root;
import nimble.node.cli.model.ImportedModels;
import nimble.node.files.AdapterTemplate;
import nimble.node.files.Home;
import nimble.node.files.ImportedModel;
import nimble.node.files.JobTemplate;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.ModelTemplate;
import nimble.node.files.SafeFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "init",
    description = {
      "Writes a commented job file to start from.",
      "Templates: gpt and llama (a text), mlp (a table with a header: churn, credit),",
      "text-classifier (a table or lines of JSON: spam), cnn (images in a folder per class)."
    })
final class JobInit implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "Where to write it, or -o (job.yaml).")
  private @Nullable Path file;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Where to write it.")
  private @Nullable Path out;

  @Option(
      names = "--template",
      paramLabel = "NAME",
      description = "gpt, llama, mlp, text-classifier or cnn (gpt).")
  private @Nullable String template;

  @Option(
      names = "--base",
      paramLabel = "NAME|DIR",
      description = "Fine-tunes this imported model instead of a template's (nbcli model import).")
  private @Nullable String base;

  @Option(
      names = "--name",
      defaultValue = "my-model",
      description = "What the model is called (${DEFAULT-VALUE}).")
  private String name = "";

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "What it is trained on, a file or a folder (text.txt beside the job file).")
  private @Nullable Path data;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "What the model shall tell (mlp: the last column; text-classifier: label).")
  private @Nullable String label;

  @Option(names = "--steps", description = "Optimizer steps (by the template and the data).")
  private @Nullable Integer steps;

  @Option(
      names = "--stages",
      description = "Stages, each for a miner of its own (3 for text, otherwise 1).")
  private @Nullable Integer stages;

  @Override
  public Integer call() throws Exception {
    if ((steps != null && steps < 1) || (stages != null && stages < 1)) {
      throw Mistake.of(
          "--steps and --stages must be at least 1, were %s and %s",
          String.valueOf(steps), String.valueOf(stages));
    }
    if (data != null && !Files.exists(data)) {
      throw Mistake.of("--data: there is no %s", data);
    }
    Path to =
        Optional.ofNullable(out).or(() -> Optional.ofNullable(file)).orElse(Path.of("job.yaml"));
    Path from = Optional.ofNullable(data).orElse(to.resolveSibling("text.txt"));
    ModelTemplate chosen = chosen();
    JobTemplate job =
        new JobTemplate(
            chosen,
            name,
            from,
            shown(from, to),
            Optional.ofNullable(label),
            base(to),
            Optional.ofNullable(steps),
            Optional.ofNullable(stages));
    SafeFile.create(to, job.text());
    output.document(
        Json.object().put("file", to.toString()).put("template", chosen.title()),
        "%s written: edit it, then `nbcli job plan %s`".formatted(to, to));
    return ExitCode.DONE;
  }

  private ModelTemplate chosen() throws Mistake {
    String name = template;
    if (name == null) {
      return ModelTemplate.GPT;
    }
    if (base != null) {
      throw Mistake.of("--template and --base must not both be given: the base is the model");
    }
    return ModelTemplate.ofTitle(name)
        .orElseThrow(() ->
            Mistake.of(
                "--template must be one of %s, was '%s'%s",
                String.join(", ", ModelTemplate.titles()), name, ModelTemplate.hint(name)));
  }

  /// A folder, or the name that a model was imported under.
  private Optional<AdapterTemplate> base(Path to) throws Mistake, IOException {
    String name = base;
    if (name == null) {
      return Optional.empty();
    }
    Home home = Root.surroundingsOf(command).home();
    ImportedModel model =
        new ImportedModels(home, output)
            .find(name)
            .orElseThrow(() ->
                Mistake.of(
                    "--base must be a model that `nbcli model import` made, was '%s':"
                        + " %s is not there",
                    name, home.models().resolve(name)));
    return Optional.of(AdapterTemplate.of(shown(model.folder(), to), model.base().model()));
  }

  /// The job file says where the data is from itself.
  private static String shown(Path data, Path to) {
    Path folder = to.toAbsolutePath().normalize().getParent();
    Path absolute = data.toAbsolutePath().normalize();
    boolean near = folder != null && absolute.startsWith(folder);
    return folder == null || (data.isAbsolute() && !near)
        ? data.toString()
        : folder.relativize(absolute).toString();
  }
}

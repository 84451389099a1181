package nimble.node.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.files.JobTemplate;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.ModelTemplate;
import nimble.node.files.SafeFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "init",
    description = {
      "Writes a commented job file to start from.",
      "Templates: gpt and llama (a text), mlp (a table with a header: churn, credit),",
      "text-classifier (a table or lines of JSON: spam), cnn (images in a folder per class)."
    })
final class JobInit implements Callable<Integer> {
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
      defaultValue = "gpt",
      description = "gpt, llama, mlp, text-classifier or cnn (${DEFAULT-VALUE}).")
  private String template = "";

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
    Path to =
        Optional.ofNullable(out).or(() -> Optional.ofNullable(file)).orElse(Path.of("job.yaml"));
    Path from = Optional.ofNullable(data).orElse(to.resolveSibling("text.txt"));
    String text =
        JobTemplate.text(
            chosen(),
            name,
            from,
            shown(from, to),
            Optional.ofNullable(label),
            Optional.ofNullable(steps),
            Optional.ofNullable(stages));
    SafeFile.create(to, text);
    output.document(
        Json.object().put("file", to.toString()).put("template", template),
        "%s written: edit it, then `nbcli job plan %s`".formatted(to, to));
    return ExitCode.DONE;
  }

  private ModelTemplate chosen() throws Mistake {
    return ModelTemplate.ofTitle(template)
        .orElseThrow(() ->
            Mistake.of(
                "--template must be one of %s, was '%s'%s",
                String.join(", ", ModelTemplate.titles()), template, ModelTemplate.hint(template)));
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

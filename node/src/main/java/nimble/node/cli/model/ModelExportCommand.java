package nimble.node.cli.model;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.cli.console.Root;
import nimble.node.files.ImportedModel;
import nimble.node.files.Json;
import nimble.node.files.NewFolder;
import nimble.vm.hf.ModelExport;
import nimble.vm.hf.Tokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "export",
    description = "Writes an imported model as a folder that transformers reads.")
final class ModelExportCommand implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private final Output output = new Output();
  @Mixin private final ExportOptions export = new ExportOptions();

  @Parameters(paramLabel = "NAME", description = "As model import called it.")
  private String name = "";

  @Option(
      names = {"-o", "--to"},
      paramLabel = "DIR",
      required = true,
      description = "The folder, which is not there yet.")
  private Path to = Path.of("");

  @Override
  public Integer call() throws Exception {
    ImportedModel model = ImportedModel.open(Root.surroundingsOf(command).home().model(name));
    export.check(model.base().model());
    NewFolder folder = NewFolder.at(to, "--to");
    try (Arena arena = Arena.ofShared()) {
      ModelExport writing = export.of(model.base().model(), model.weights(arena));
      Tokens tokens = export.tokens(model);
      try (Progress progress = output.progress("writing", writing.bytes())) {
        writing.write(folder.made(), tokens, progress::at);
      }
    }
    folder.finish();
    output.document(
        Json.object()
            .put("folder", folder.place().toString())
            .put("parameters", model.base().model().parameters()),
        "%s: %s, %d parameters".formatted(folder.place(), name, model.base().model().parameters()));
    return ExitCode.DONE;
  }
}

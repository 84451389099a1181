package nimble.node.cli.model;

import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.cli.console.Root;
import nimble.node.files.ImportedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "verify",
    description = "Reads all of an imported model and holds it against its hashes.")
final class ModelVerify implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "NAME", description = "As model import called it.")
  private String name = "";

  @Override
  public Integer call() throws Exception {
    ImportedModel model = ImportedModel.open(Root.surroundingsOf(command).home().model(name));
    try (Progress progress = output.progress("verifying " + name, model.bytes())) {
      model.verify(progress::at);
    }
    output.document(
        ModelImport.Described.of(model).put("verified", true),
        "%s is whole: %d bytes of weights are those of %s"
            .formatted(name, model.bytes(), model.blob().id()));
    return ExitCode.DONE;
  }
}

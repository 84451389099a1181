package nimble.node.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Root;
import nimble.node.files.ImportedModel;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.vm.hf.ChatTemplates;
import nimble.vm.hf.ModelFolder;
import nimble.vm.hf.SmallFiles;
import nimble.vm.tensor.Storage;
import nimble.vm.text.ChatTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "import",
    description = "Takes a model folder (config.json, safetensors, tokenizer.json) to begin from.")
final class ModelImport implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "DIR", description = "A folder that transformers reads.")
  private Path folder = Path.of("");

  @Option(names = "--name", description = "What it is called here (the folder's name).")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Positions that it sees at once (as many as it was made for).")
  private Optional<Integer> context = Optional.empty();

  @Option(
      names = "--storage",
      description = "Numbers as fp32 or bf16 (bf16 if all of the folder's are).")
  private Optional<String> storage = Optional.empty();

  @Override
  public Integer call() throws Exception {
    String called = name.orElse(ImportedModels.nameOf(folder));
    ImportedModels models = new ImportedModels(Root.surroundingsOf(command).home(), output);
    try (ModelFolder model = ModelFolder.open(folder, context)) {
      Storage form = storage(model);
      Optional<ChatTemplate> template = template();
      say(models.take(model, called, form), model, template);
      return ExitCode.DONE;
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  private Storage storage(ModelFolder model) throws Mistake {
    return switch (storage.orElse("")) {
      case "" -> ImportedModels.storageOf(model);
      case "fp32" -> Storage.FP32;
      case "bf16" -> Storage.BF16;
      default -> throw Mistake.of("--storage must be fp32 or bf16, was '%s'", storage.orElse(""));
    };
  }

  /// One that is not known here keeps nobody from using the model otherwise.
  private Optional<ChatTemplate> template() throws IOException {
    try {
      return ChatTemplates.of(SmallFiles.in(folder));
    } catch (Malformed e) {
      output.note(e.reason());
      return Optional.empty();
    }
  }

  private void say(ImportedModel model, ModelFolder from, Optional<ChatTemplate> template) {
    ObjectNode json = Described.of(model);
    json.put("architecture", from.architecture())
        .put("tiedEmbeddings", from.tied())
        .put("chatTemplate", template.map(ChatTemplate::word).orElse(""));
    output.document(
        json,
        "%s imported: %s, %d parameters, context %d, kept in %s (%s)"
            .formatted(
                model.base().name(),
                from.architecture(),
                model.base().model().parameters(),
                model.base().model().context(),
                model.base().storage(),
                model.blob().id()));
  }

  /// An imported model for scripts.
  static final class Described {
    private Described() {}

    static ObjectNode of(ImportedModel model) {
      ObjectNode json =
          Json.object()
              .put("name", model.base().name())
              .put("id", model.blob().id().toString())
              .put("folder", model.folder().toString())
              .put("parameters", model.base().model().parameters())
              .put("context", model.base().model().context())
              .put("storage", model.base().storage().toString())
              .put("bytes", model.bytes());
      var files = json.putArray("files");
      model.base().files().keySet().forEach(files::add);
      return json;
    }
  }
}

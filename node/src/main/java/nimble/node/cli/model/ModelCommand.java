package nimble.node.cli.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.ModelView;
import nimble.api.v1.Models;
import nimble.api.v1.PublishedModel;
import nimble.node.cli.console.Asked;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "model",
    description =
        "Models: imported and trained ones, under which names, who serves them, what they say.",
    subcommands = {
      ModelCommand.Lister.class,
      ModelShow.class,
      ModelPublish.class,
      ModelDeploy.class,
      ModelUndeploy.class,
      ModelDownload.class,
      ModelImport.class,
      ModelExportCommand.class,
      ModelVerify.class,
      ModelCommand.Infer.class,
      ModelPredict.class,
      ModelChat.class
    })
public final class ModelCommand {

  @Command(name = "list", description = "Lists models that jobs have trained, newest first.")
  static final class Lister implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Option(names = "--published", description = "Those that have a name instead.")
    private boolean published;

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        if (published) {
          published(client);
          return ExitCode.DONE;
        }
        Models models = client.models();
        ArrayNode list = Json.array();
        Table table = new Table("JOB", "MODEL", "PARAMETERS", "VALIDATION LOSS", "MANIFEST");
        for (ModelView model : models.getModelsList()) {
          list.add(Protos.json(model));
          table.row(
              model.getJob(),
              model.getName(),
              model.getParameters(),
              "%.4f".formatted(model.getValidationLoss()),
              model.getManifest());
        }
        output.document(list, list.isEmpty() ? "no models yet" : table.show(output.surroundings()));
        return ExitCode.DONE;
      }
    }

    private void published(NodeClient client) throws ClientFailure {
      ArrayNode list = Json.array();
      Table table = new Table("NAME", "FROM", "LICENCE", "PRICE/1K", "DEPLOYMENTS", "OWNER");
      for (PublishedModel model : client.publishedModels().getModelsList()) {
        list.add(Protos.json(model));
        table.row(
            model.getName(),
            model.getJob() > 0 ? "job " + model.getJob() : "its owner",
            model.getLicence(),
            Amount.show(model.getPricePer1K()),
            model.getDeploymentsCount(),
            model.getOwner());
      }
      output.document(
          list, list.isEmpty() ? "no models are published" : table.show(output.surroundings()));
    }
  }

  @Command(name = "infer", description = "Lets a model go on with a text.")
  static final class Infer implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();
    @Mixin private final GenerationOptions generation = new GenerationOptions();

    @Option(names = "--prompt", paramLabel = "TEXT", description = "The text to go on with.")
    private Optional<String> prompt = Optional.empty();

    @Override
    public Integer call() throws Exception {
      String start = Asked.orTyped(output, prompt, "--prompt", "Prompt: ");
      if (start.isEmpty()) {
        throw new Mistake("--prompt must not be empty");
      }
      try (NodeClient client = node.connect()) {
        output.raw(start);
        GenerationOptions.Answer answer = generation.goOn(client, output, start);
        output.document(
            Json.object()
                .put("model", generation.model())
                .put("prompt", start)
                .put("text", answer.text())
                .put("finishReason", answer.end().getFinishReason())
                .put("promptTokens", answer.end().getPromptTokens())
                .put("completionTokens", answer.end().getCompletionTokens()),
            "");
        return ExitCode.DONE;
      }
    }
  }
}

package nimble.node.cli.model;

import java.util.Optional;
import nimble.chain.ModelCall;
import nimble.chain.ModelSource;
import nimble.node.cli.console.Root;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import nimble.types.Hash;
import nimble.vm.hf.ModelText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "publish",
    description = {
      "Gives a model a name, under which it can be deployed:",
      "what a job of the wallet has trained; or one of your own, by the name under",
      "which it was imported or by its folder, and its weights are uploaded then.",
      "The same name again replaces model, licence and price."
    })
final class ModelPublish extends SendingCommand {
  @Spec private CommandSpec command = CommandSpec.create();

  @Parameters(
      paramLabel = "JOB|NAME|DIR",
      description = "A COMPLETED job's number, an imported model, or a model folder.")
  private String model = "";

  @Option(
      names = "--name",
      required = true,
      description = "Of a-z 0-9 . _ / -, beginning with a letter, such as acme/churn-1.")
  private String name = "";

  @Option(
      names = "--licence",
      description = "On what terms others may use it (Apache-2.0 for what a job has trained).")
  private Optional<String> licence = Optional.empty();

  @Option(
      names = "--stages",
      description = "Parts, each for a host of its own (1; a job's model has those of the job).")
  private Optional<Integer> stages = Optional.empty();

  @Option(
      names = "--price",
      paramLabel = "NIM",
      defaultValue = "0",
      description = "What you get for 1,000 tokens of a deployment (${DEFAULT-VALUE}).")
  private String price = "";

  @Mixin private final TextOptions text = new TextOptions();

  @Override
  public Integer call() throws Exception {
    long units = Amount.parse("--price", price);
    ImportedModels models = new ImportedModels(Root.surroundingsOf(command).home(), output);
    Publication publication = Publication.of(model, stages, models);
    String terms = licence(publication);
    try (Session session = open()) {
      NodeClient client = session.client();
      Optional<ModelText> says = publication.text(text, client);
      session.confirm(
          "Publish %s as '%s', %s?".formatted(publication.words(), name, TextOptions.words(says)));
      ModelSource source = publication.send(models, client);
      Optional<Hash> form = TextOptions.send(client.blobs(), says);
      ModelCall call = new ModelCall.ModelPublish(source, name, terms, units, form);
      return session.send(
          call, 0, "published as %s; deploy it with `nbcli model deploy %s`".formatted(name, name));
    }
  }

  /// What others may do with somebody's weights nobody can guess.
  private String licence(Publication publication) throws Mistake {
    return switch (publication) {
      case Publication.OfJob _ -> licence.orElse("Apache-2.0");
      case Publication.OfImport _ ->
          licence.orElseThrow(
              () -> new Mistake("--licence must say on what terms others may use it, such as MIT"));
    };
  }
}

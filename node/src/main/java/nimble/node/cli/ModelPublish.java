package nimble.node.cli;

import java.util.Optional;
import nimble.chain.ModelCall;
import nimble.node.files.Amount;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.hf.ModelText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "publish",
    description = {
      "Gives what a job of the wallet has trained a name, under which it can be deployed.",
      "The same name again replaces job, licence and price."
    })
final class ModelPublish extends SendingCommand {
  @Parameters(paramLabel = "JOB", description = "The number of a COMPLETED job.")
  private long job;

  @Option(
      names = "--name",
      required = true,
      description = "Of a-z 0-9 . _ / -, beginning with a letter, such as acme/churn-1.")
  private String name = "";

  @Option(
      names = "--licence",
      defaultValue = "Apache-2.0",
      description = "On what terms others may use it (${DEFAULT-VALUE}).")
  private String licence = "";

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
    JobId id = JobCancel.id(job);
    try (Session session = open()) {
      Optional<ModelText> says = text.of(session.client(), job);
      session.confirm(
          "Publish what job %d has trained as '%s', %s?"
              .formatted(job, name, TextOptions.words(says)));
      Optional<Hash> form = TextOptions.send(session.client().blobs(), says);
      ModelCall call = new ModelCall.ModelPublish(id, name, licence, units, form);
      return session.send(
          call, 0, "published as %s; deploy it with `nbcli model deploy %s`".formatted(name, name));
    }
  }
}

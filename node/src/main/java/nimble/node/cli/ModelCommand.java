package nimble.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.InferRequest;
import nimble.api.v1.ModelView;
import nimble.api.v1.Models;
import nimble.codec.Bytes;
import nimble.node.api.Wire;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "model",
    description = "Trained models.",
    subcommands = {
      ModelCommand.Lister.class,
      ModelCommand.Infer.class,
      ModelDownload.class,
      ModelImport.class,
      ModelExportCommand.class,
      ModelVerify.class
    })
final class ModelCommand {

  @Command(name = "list", description = "Lists models that jobs have trained, newest first.")
  static final class Lister implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        node.genesis(client);
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
  }

  @Command(name = "infer", description = "Lets a model go on with a text, token by token.")
  static final class Infer implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "JOB", description = "The number of the job that trained the model.")
    private long job;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "The text to go on with.")
    private Optional<String> prompt = Optional.empty();

    @Option(
        names = "--tokens",
        defaultValue = "200",
        description = "How many to generate (${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
        names = "--temperature",
        defaultValue = "0.8",
        description = "0 always takes the likeliest (${DEFAULT-VALUE}).")
    private float temperature;

    @Option(names = "--seed", defaultValue = "1", description = "Of the draws (${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public Integer call() throws Exception {
      String start = Asked.orTyped(output, prompt, "--prompt", "Prompt: ");
      if (start.isEmpty()) {
        throw new Mistake("--prompt must not be empty");
      }
      try (NodeClient client = node.connect()) {
        node.genesis(client);
        InferRequest request =
            InferRequest.newBuilder()
                .setJob(job)
                .setPrompt(Wire.to(Bytes.utf8(start)))
                .setTokens(tokens)
                .setTemperature(temperature)
                .setSeed(seed)
                .build();
        TextStream text = new TextStream(output::raw);
        output.raw(start);
        client.infer(request, reply -> text.add(reply.getToken().toByteArray()));
        text.end();
        output.document(
            Json.object().put("job", job).put("prompt", start).put("text", text.whole()), "");
        return ExitCode.DONE;
      }
    }
  }

  /// Bytes that come one by one, as text: a character is shown when it is whole.
  static final class TextStream {
    private final java.util.function.Consumer<String> to;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    TextStream(java.util.function.Consumer<String> to) {
      this.to = to;
    }

    void add(byte[] bytes) {
      for (byte next : bytes) {
        boolean begins = (next & 0xc0) != 0x80;
        if (begins) {
          flush();
        }
        pending.write(next);
        all.write(next);
        if (next >= 0) {
          flush();
        }
      }
    }

    void end() {
      flush();
    }

    String whole() {
      return all.toString(StandardCharsets.UTF_8);
    }

    private void flush() {
      if (pending.size() > 0) {
        to.accept(pending.toString(StandardCharsets.UTF_8));
        pending.reset();
      }
    }
  }
}

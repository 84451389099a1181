package nimble.node.cli.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import nimble.api.v1.ChatMessage;
import nimble.api.v1.InferReply;
import nimble.api.v1.InferRequest;
import nimble.codec.Bytes;
import nimble.node.api.Wire;
import nimble.node.cli.console.Output;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Which model is to answer, and how.
final class GenerationOptions {
  /// @param end the last reply, which tells why it ended and what it took
  record Answer(String text, InferReply end) {}

  @Parameters(
      paramLabel = "MODEL",
      description = "A published name, or the number of a job or a deployment.")
  private String model = "";

  @Option(
      names = "--tokens",
      defaultValue = "200",
      description = "How many to generate at most (${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--temperature",
      defaultValue = "0.8",
      description = "0 always takes the likeliest (${DEFAULT-VALUE}).")
  private float temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      description = "Only the likeliest so many; 0: all (${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      description = "Only the likeliest that have this share together (${DEFAULT-VALUE}).")
  private float topP;

  @Option(
      names = "--repetition-penalty",
      defaultValue = "1",
      description = "More than 1 makes what was said less likely (${DEFAULT-VALUE}).")
  private float repetitionPenalty;

  @Option(names = "--stop", description = "A text before which the answer ends; up to four times.")
  private List<String> stop = new ArrayList<>();

  @Option(names = "--seed", defaultValue = "1", description = "Of the draws (${DEFAULT-VALUE}).")
  private long seed;

  String model() {
    return model;
  }

  /// Goes on with a text, and shows it while it comes.
  Answer goOn(NodeClient client, Output output, String prompt) throws ClientFailure {
    return answer(client, output, request().setPrompt(Wire.to(Bytes.utf8(prompt))).build());
  }

  /// Answers in a conversation, and shows the answer while it comes.
  Answer answer(NodeClient client, Output output, List<ChatMessage> said) throws ClientFailure {
    return answer(client, output, request().addAllMessages(said).build());
  }

  private static Answer answer(NodeClient client, Output output, InferRequest request)
      throws ClientFailure {
    StringBuilder text = new StringBuilder();
    AtomicReference<InferReply> end = new AtomicReference<>(InferReply.getDefaultInstance());
    client.infer(
        request,
        reply -> {
          String piece = reply.getToken().toStringUtf8();
          text.append(piece);
          output.raw(piece);
          end.set(reply);
        });
    return new Answer(text.toString(), end.get());
  }

  private InferRequest.Builder request() {
    return InferRequest.newBuilder()
        .setModel(model)
        .setTokens(tokens)
        .setTemperature(temperature)
        .setTopK(topK)
        .setTopP(topP)
        .setRepetitionPenalty(repetitionPenalty)
        .addAllStop(stop)
        .setSeed(seed);
  }
}

package nimble.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "chat", description = "Talks with a model, line by line, until a line is empty.")
final class ModelChat implements Callable<Integer> {
  private static final String USER = "user: ";
  private static final String ASSISTANT = "assistant:";

  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final GenerationOptions generation = new GenerationOptions();

  @Option(names = "--message", paramLabel = "TEXT", description = "One line, and one answer.")
  private Optional<String> message = Optional.empty();

  @Override
  public Integer call() throws Exception {
    ArrayNode said = Json.array();
    StringBuilder dialogue = new StringBuilder();
    try (NodeClient client = node.connect()) {
      node.genesis(client);
      String line = Asked.orTyped(output, message, "--message", "you: ");
      while (!line.isEmpty()) {
        dialogue.append(USER).append(line).append('\n').append(ASSISTANT);
        String answer = answer(client, dialogue.toString());
        dialogue.append(answer).append('\n');
        said.addObject().put("role", "user").put("content", line);
        said.addObject().put("role", "assistant").put("content", answer);
        line = message.isPresent() ? "" : typed();
      }
    }
    output.document(Json.object().put("model", generation.model()).set("messages", said), "");
    return ExitCode.DONE;
  }

  private String typed() throws Mistake {
    return Asked.orTyped(output, Optional.empty(), "--message", "you: ");
  }

  /// Until the model speaks for somebody else.
  private String answer(NodeClient client, String prompt) throws ClientFailure {
    String said = generation.answer(client, output, prompt, List.of("\nuser:")).text();
    output.raw("\n");
    return said;
  }
}

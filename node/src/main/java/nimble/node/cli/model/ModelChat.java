package nimble.node.cli.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.ChatMessage;
import nimble.node.cli.console.Asked;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.vm.text.Message;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "chat", description = "Talks with a model, line by line, until a line is empty.")
final class ModelChat implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final GenerationOptions generation = new GenerationOptions();

  @Option(names = "--message", paramLabel = "TEXT", description = "One line, and one answer.")
  private Optional<String> message = Optional.empty();

  @Override
  public Integer call() throws Exception {
    List<ChatMessage> said = new ArrayList<>();
    try (NodeClient client = node.connect()) {
      String line = Asked.orTyped(output, message, "--message", "you: ");
      while (!line.isEmpty()) {
        said.add(message(Message.Role.USER, line));
        String answer = generation.answer(client, output, said).text();
        output.raw("\n");
        said.add(message(Message.Role.ASSISTANT, answer));
        line = message.isPresent() ? "" : typed();
      }
    }
    ArrayNode all = Json.array();
    said.forEach(it -> all.addObject().put("role", it.getRole()).put("content", it.getContent()));
    output.document(Json.object().put("model", generation.model()).set("messages", all), "");
    return ExitCode.DONE;
  }

  private String typed() throws Mistake {
    return Asked.orTyped(output, Optional.empty(), "--message", "you: ");
  }

  private static ChatMessage message(Message.Role role, String content) {
    return ChatMessage.newBuilder().setRole(role.word()).setContent(content).build();
  }
}

package nimble.node.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import nimble.node.files.Json;

/// Answers in the shape of OpenAI's.
///
/// @param id of the answer
/// @param drawn the seed, where the client gave none
record OpenAiWords(
    String id, boolean chat, String model, long createdSeconds, Optional<DrawnSeed> drawn) {

  OpenAiWords seeded(DrawnSeed seed) {
    return new OpenAiWords(id, chat, model, createdSeconds, Optional.of(seed));
  }

  /// All at once.
  ObjectNode whole(String text, String reason, TextAnswer.Usage usage) {
    ObjectNode answer = head(chat ? "chat.completion" : "text_completion");
    ObjectNode choice = choice(answer, Optional.of(reason));
    if (chat) {
      ObjectNode message = choice.putObject("message");
      message.put("role", "assistant").put("content", text).putNull("refusal");
    } else {
      choice.put("text", text);
    }
    answer.set("usage", usage(usage));
    return answer;
  }

  /// The first chunk of a chat.
  ObjectNode opening() {
    ObjectNode chunk = chunk();
    choice(chunk, Optional.empty()).putObject("delta").put("role", "assistant").put("content", "");
    return chunk;
  }

  ObjectNode piece(String text) {
    ObjectNode chunk = chunk();
    ObjectNode choice = choice(chunk, Optional.empty());
    if (chat) {
      choice.putObject("delta").put("content", text);
    } else {
      choice.put("text", text);
    }
    return chunk;
  }

  ObjectNode closing(String reason) {
    ObjectNode chunk = chunk();
    ObjectNode choice = choice(chunk, Optional.of(reason));
    if (chat) {
      choice.putObject("delta");
    } else {
      choice.put("text", "");
    }
    return chunk;
  }

  /// The chunk after the last, for those who asked for it.
  ObjectNode bill(TextAnswer.Usage usage) {
    ObjectNode chunk = chunk();
    chunk.putArray("choices");
    chunk.set("usage", usage(usage));
    return chunk;
  }

  private ObjectNode chunk() {
    return head(chat ? "chat.completion.chunk" : "text_completion");
  }

  private ObjectNode head(String object) {
    ObjectNode head =
        Json.object()
            .put("id", id)
            .put("object", object)
            .put("created", createdSeconds)
            .put("model", model);
    drawn.ifPresent(it -> head.put("seed", it.seed()).put("seed_height", it.height()));
    return head;
  }

  private static ObjectNode choice(ObjectNode answer, Optional<String> reason) {
    ObjectNode choice = answer.putArray("choices").addObject();
    choice.put("index", 0).putNull("logprobs").put("finish_reason", reason.orElse(null));
    return choice;
  }

  private static ObjectNode usage(TextAnswer.Usage usage) {
    return Json.object()
        .put("prompt_tokens", usage.prompt())
        .put("completion_tokens", usage.completion())
        .put("total_tokens", usage.total());
  }
}

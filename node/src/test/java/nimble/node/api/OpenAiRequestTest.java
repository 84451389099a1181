package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import nimble.node.files.Json;
import org.junit.jupiter.api.Test;

/// Bodies as clients of OpenAI's API send them.
final class OpenAiRequestTest {
  private static Question asked(String fields, boolean chat) throws Exception {
    String body = "{'model': 'tests/fox', %s}".formatted(fields).replace('\'', '"');
    return OpenAiRequest.of(Json.read("body", body, JsonNode.class), chat, FuzzTest.SHELF)
        .question();
  }

  /// Clients that were written from a schema send every field, those that say nothing as null.
  @Test
  void a7AFieldThatIsNullSaysNothing() throws Exception {
    assertEquals(
        5, asked("'prompt': 'a', 'max_tokens': 5, 'max_completion_tokens': null", false).tokens());
    assertEquals(
        OpenAiRequest.TOKENS_USUAL,
        asked(
                "'prompt': 'a', 'messages': null, 'max_tokens': null, 'n': null, 'stop': null,"
                    + " 'logprobs': null, 'stream': null, 'stream_options': null, 'seed': null,"
                    + " 'suffix': null, 'logit_bias': null, 'temperature': null, 'top_p': null",
                false)
            .tokens());
    asked("'prompt': null, 'messages': [{'role': 'user', 'content': 'a'}]", true);
    assertThrows(Declined.class, () -> asked("'prompt': 'a', 'messages': []", false));
  }
}

package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.TreeSet;
import nimble.api.v1.ChatMessage;
import nimble.api.v1.InferRequest;
import nimble.codec.Malformed;
import nimble.node.files.Json;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.Tokenizer;
import org.junit.jupiter.api.Test;

/// Bodies as clients of OpenAI's API send them.
final class OpenAiRequestTest {
  private static Question asked(String fields, boolean chat) throws Exception {
    return asked(fields, chat, FuzzTest.SHELF);
  }

  private static Question asked(String fields, boolean chat, OpenAiRequest.Shelf shelf)
      throws Exception {
    String body = "{'model': 'tests/fox', %s}".formatted(fields).replace('\'', '"');
    return OpenAiRequest.of(Json.read("body", body, JsonNode.class), chat, shelf).question();
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

  /// Knows no token, and none that stands for what it does not know.
  private static final class Illiterate implements Tokenizer {
    @Override
    public List<Integer> encode(String text) throws Malformed {
      throw new Malformed("the `unk_id` is missing");
    }

    @Override
    public String decode(List<Integer> ids) {
      throw new IllegalStateException("nothing was encoded");
    }

    @Override
    public void close() {}
  }

  @Test
  void a7WhatTheTokenizerCannotSayIsTheClientsToMend() {
    TextCodec text = new TextCodec(new Illiterate(), ChatTemplate.PLAIN, new TreeSet<>());
    OpenAiRequest.Shelf shelf = FuzzTest.shelf(text);
    Declined prompt = assertThrows(Declined.class, () -> asked("'prompt': 'a'", false, shelf));
    assertEquals("prompt", prompt.body().at("/error/param").textValue());
    assertEquals("invalid_request_error", prompt.body().at("/error/type").textValue());
    String messages = "'messages': [{'role': 'user', 'content': 'a'}]";
    Declined chat = assertThrows(Declined.class, () -> asked(messages, true, shelf));
    assertEquals("messages", chat.body().at("/error/param").textValue());
    List<InferRequest> requests =
        List.of(
            InferRequest.newBuilder().setPrompt(ByteString.copyFromUtf8("a")).build(),
            InferRequest.newBuilder()
                .addMessages(ChatMessage.newBuilder().setRole("user").setContent("a"))
                .build());
    for (InferRequest request : requests) {
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class, () -> ModelApi.prompt(request, FuzzTest.MODEL, text));
      assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
    }
  }
}

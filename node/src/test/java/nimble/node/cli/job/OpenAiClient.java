package nimble.node.cli.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Speaks to a node as clients of OpenAI's API do, over its real port.
final class OpenAiClient {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// Of a replica.
  private static final int ROWS = 16;

  /// Of a stream that is left; of all of them, more than is said otherwise.
  private static final int PIECES_READ = 16;

  private final String node;

  OpenAiClient(String node) {
    this.node = node;
  }

  /// @param text what the model says after "the ", 8 tokens, temperature 0.8, seed 1
  void check(String model, String text) throws Exception {
    JsonNode list = MAPPER.readTree(get("/v1/models").body());
    assertEquals("list", list.path("object").asText());
    assertEquals(model, list.path("data").path(0).path("id").asText());
    assertEquals("model", list.path("data").path(0).path("object").asText());
    assertEquals(200, get("/v1/models/" + model).statusCode());
    assertEquals(404, get("/v1/models/none").statusCode());
    whole(model, text);
    streamed(model, text);
    stopped(model, text);
    sampled(model);
    refused(model);
  }

  private void whole(String model, String text) throws Exception {
    JsonNode answer = json(post("/v1/completions", completion(model, "")), 200);
    assertEquals("text_completion", answer.path("object").asText());
    assertEquals(text, answer.path("choices").path(0).path("text").asText());
    assertEquals("length", answer.path("choices").path(0).path("finish_reason").asText());
    assertEquals(4, answer.path("usage").path("prompt_tokens").asInt());
    assertEquals(8, answer.path("usage").path("completion_tokens").asInt());
    assertEquals(12, answer.path("usage").path("total_tokens").asInt());
    JsonNode chat =
        json(post("/v1/chat/completions", chat(model, ", \"max_completion_tokens\": 3")), 200);
    assertEquals("chat.completion", chat.path("object").asText());
    JsonNode message = chat.path("choices").path(0).path("message");
    assertEquals("assistant", message.path("role").asText());
    assertTrue(message.path("content").isTextual());
  }

  private void streamed(String model, String text) throws Exception {
    String extra = ", \"stream\": true, \"stream_options\": {\"include_usage\": true}";
    List<String> events = events(post("/v1/completions", completion(model, extra)));
    assertEquals("[DONE]", events.getLast());
    StringBuilder said = new StringBuilder();
    for (String event : events.subList(0, events.size() - 1)) {
      said.append(MAPPER.readTree(event).path("choices").path(0).path("text").asText(""));
    }
    assertEquals(text, said.toString());
    JsonNode bill = MAPPER.readTree(events.get(events.size() - 2));
    assertEquals(8, bill.path("usage").path("completion_tokens").asInt());
    List<String> chat =
        events(post("/v1/chat/completions", chat(model, ", \"max_tokens\": 3, \"stream\": true")));
    JsonNode opening = MAPPER.readTree(chat.getFirst());
    assertEquals("chat.completion.chunk", opening.path("object").asText());
    assertEquals("assistant", opening.path("choices").path(0).path("delta").path("role").asText());
    JsonNode closing = MAPPER.readTree(chat.get(chat.size() - 2));
    assertEquals("length", closing.path("choices").path(0).path("finish_reason").asText());
  }

  /// The second character of what it says anyway.
  private void stopped(String model, String text) throws Exception {
    String stop = text.substring(1, 2);
    String quoted = MAPPER.writeValueAsString(stop);
    JsonNode answer =
        json(post("/v1/completions", completion(model, ", \"stop\": [" + quoted + "]")), 200);
    assertEquals(
        text.substring(0, text.indexOf(stop)),
        answer.path("choices").path(0).path("text").asText());
    assertEquals("stop", answer.path("choices").path(0).path("finish_reason").asText());
  }

  /// Of the first in order alone, or of a share that only it has, the first is drawn.
  private void sampled(String model) throws Exception {
    String greedy = text(completion(model, "").replace("0.8", "0"));
    assertEquals(greedy, text(completion(model, ", \"top_k\": 1")));
    assertEquals(greedy, text(completion(model, ", \"top_p\": 0")));
  }

  private String text(String body) throws Exception {
    return json(post("/v1/completions", body), 200).path("choices").path(0).path("text").asText();
  }

  /// Asks for so many tokens as a stream, and goes in the midst of it: by closing the connection or
  /// by resetting the stream; as often as a replica has rows. Were they not free again, who asks
  /// next would wait until one of the answers is whole.
  ///
  /// @return tokens that were read, at least
  int leave(String model, int tokens) throws Exception {
    String body = chat(model, ", \"stream\": true, \"max_tokens\": " + tokens);
    for (int times = 0; times < ROWS / 2; times++) {
      for (HttpClient.Version version : HttpClient.Version.values()) {
        readSome(posting("/v1/chat/completions", body).version(version).build());
      }
    }
    assertFalse(text(completion(model, "")).isEmpty());
    return ROWS * PIECES_READ;
  }

  private static void readSome(HttpRequest request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient();
        InputStream answer = client.send(request, BodyHandlers.ofInputStream()).body();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8))) {
      for (int events = 0; events < 1 + PIECES_READ; events++) {
        assertTrue(String.valueOf(lines.readLine()).startsWith("data: "));
        assertEquals("", lines.readLine());
      }
    }
  }

  /// Without a seed, which the answer tells: with it the same is drawn again.
  ///
  /// @return the answer
  JsonNode drawn(String model) throws Exception {
    String body = completion(model, "").replace(", \"seed\": 1", "");
    JsonNode first = json(post("/v1/completions", body), 200);
    JsonNode other = json(post("/v1/completions", body), 200);
    assertNotEquals(first.path("seed"), other.path("seed"));
    String again = body.replace("}", ", \"seed\": " + first.path("seed") + "}");
    assertEquals(first.path("choices").path(0).path("text").asText(), text(again));
    assertFalse(json(post("/v1/completions", again), 200).has("seed"));
    return first;
  }

  private void refused(String model) throws Exception {
    error(completion("none", ""), 404, "model_not_found", "");
    error(completion(model, ", \"logprobs\": 3"), 400, "invalid_value", "logprobs");
    error(completion(model, ", \"n\": 2"), 400, "invalid_value", "n");
    error(completion(model, ", \"tempperature\": 2"), 400, "invalid_value", "tempperature");
    error(completion(model, ", \"top_p\": 1.5"), 400, "invalid_value", "top_p");
    error(completion(model, ", \"stop\": [\"\"]"), 400, "invalid_value", "stop");
    error("{", 400, "invalid_json", "");
    error("[]", 400, "invalid_value", "body");
    String wide = completion(model, "").replace("the ", "x".repeat(100));
    error(wide, 400, "context_length_exceeded", "");
    error(completion(model, "") + " ".repeat(300_000), 413, "request_too_large", "");
  }

  private void error(String body, int status, String code, String param) throws Exception {
    JsonNode error = json(post("/v1/completions", body), status).path("error");
    assertEquals(code, error.path("code").asText(), error::toString);
    assertEquals(param, error.path("param").asText(""), error::toString);
    assertTrue(error.path("message").asText().length() > 5);
    assertEquals("invalid_request_error", error.path("type").asText());
  }

  private static String completion(String model, String more) {
    return "{\"model\": \"%s\", \"prompt\": \"the \", \"max_tokens\": 8, \"temperature\": 0.8, \"seed\": 1%s}"
        .formatted(model, more);
  }

  private static String chat(String model, String more) {
    return "{\"model\": \"%s\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"seed\": 1%s}"
        .formatted(model, more);
  }

  private static JsonNode json(HttpResponse<String> response, int status) throws Exception {
    assertEquals(status, response.statusCode(), response::body);
    return MAPPER.readTree(response.body());
  }

  private static List<String> events(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response::body);
    assertTrue(
        response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream"));
    return response
        .body()
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring("data: ".length()))
        .toList();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return HTTP.send(posting(path, body).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder posting(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private URI uri(String path) {
    return URI.create("http://" + node + path);
  }
}

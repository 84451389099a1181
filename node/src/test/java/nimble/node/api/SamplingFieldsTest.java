package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.TreeSet;
import nimble.api.v1.InferRequest;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.generation.Sampling;
import org.junit.jupiter.api.Test;

/// What clients say of drawing tokens reaches the model as they said it, or is refused by name.
final class SamplingFieldsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static Sampling posted(String body) throws Exception {
    JsonNode json = MAPPER.readTree(body);
    return OpenAiRequest.sampling(json);
  }

  @Test
  void a7EachFieldIsItsOwn() throws Exception {
    assertEquals(
        new Sampling(700, 40, 900, 1_100, 7),
        posted(
            "{\"temperature\": 0.7, \"top_k\": 40, \"top_p\": 0.9, \"repetition_penalty\": 1.1, \"seed\": 7}"));
    assertEquals(new Sampling(1_000, 0, 1_000, 1_000, 0), posted("{\"seed\": null}"));
    assertEquals(-1, posted("{\"seed\": -1}").seed());
    assertEquals(
        new Sampling(700, 40, 900, 1_100, 7),
        ModelApi.sampling(
            InferRequest.newBuilder()
                .setTemperature(0.7f)
                .setTopK(40)
                .setTopP(0.9f)
                .setRepetitionPenalty(1.1f)
                .setSeed(7)
                .build()));
    assertEquals(Sampling.GREEDY, ModelApi.sampling(InferRequest.getDefaultInstance()));
  }

  @Test
  void a7WhatIsOutOfRangeIsRefusedByName() {
    List<String> bad =
        List.of(
            "temperature: 2.1",
            "temperature: -0.1",
            "temperature: \"1\"",
            "top_p: 1.01",
            "top_p: -1",
            "top_k: 1.5",
            "top_k: -1",
            "top_k: 1048577",
            "repetition_penalty: 0.05",
            "repetition_penalty: 10.5",
            "seed: 1.5",
            "seed: 1e3",
            "seed: 9223372036854775808",
            "seed: true");
    for (String field : bad) {
      String name = field.substring(0, field.indexOf(':'));
      String body = "{\"%s\"%s}".formatted(name, field.substring(name.length()));
      Declined declined = assertThrows(Declined.class, () -> posted(body), field);
      assertEquals(name, declined.body().path("error").path("param").asText());
    }
  }

  @Test
  void grpcRefusesWhatIsOutOfRange() {
    InferRequest any = InferRequest.getDefaultInstance();
    refused("temperature", any.toBuilder().setTemperature(Float.NaN));
    refused("temperature", any.toBuilder().setTemperature(101));
    refused("top_k", any.toBuilder().setTopK(-1));
    refused("top_k", any.toBuilder().setTopK(Sampling.TOP_K_MAX + 1));
    refused("top_p", any.toBuilder().setTopP(1.5f));
    refused("top_p", any.toBuilder().setTopP(-0.5f));
    refused("repetition_penalty", any.toBuilder().setRepetitionPenalty(0.05f));
    refused("repetition_penalty", any.toBuilder().setRepetitionPenalty(11));
  }

  private static void refused(String field, InferRequest.Builder request) {
    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> ModelApi.sampling(request.build()));
    String words = String.valueOf(refusal.getStatus().getDescription());
    assertTrue(words.startsWith(field + " must be between "), words);
  }

  /// Nobody who wants a little chance is given none.
  @Test
  void a7MoreThanNothingStaysSo() throws Exception {
    assertEquals(1, posted("{\"temperature\": 0.0001}").temperatureMilli());
    assertEquals(0, posted("{\"temperature\": 0}").temperatureMilli());
    InferRequest little = InferRequest.newBuilder().setTemperature(0.0001f).build();
    assertEquals(1, ModelApi.sampling(little).temperatureMilli());
  }

  @Test
  void a8TheSeedIsOfTheAnswersIdAndTheBeacon() {
    String id = DrawnSeed.id(true, Bytes.utf8("{\"prompt\": \"a\"}"), 1);
    assertTrue(id.matches("chatcmpl-[0-9a-f]{32}"), id);
    TreeSet<Long> seeds = new TreeSet<>();
    for (long block = 1; block <= 2; block++) {
      Hash beacon = Hashing.of("test", Bytes.ofU64(block));
      seeds.add(DrawnSeed.of(id, beacon, block).seed());
      seeds.add(DrawnSeed.of(DrawnSeed.id(true, Bytes.EMPTY, 1), beacon, block).seed());
      seeds.add(DrawnSeed.of(DrawnSeed.id(true, Bytes.EMPTY, 2), beacon, block).seed());
    }
    assertEquals(6, seeds.size());
    assertTrue(seeds.first() >= 0 && seeds.last() < 1L << 53, seeds::toString);
  }
}

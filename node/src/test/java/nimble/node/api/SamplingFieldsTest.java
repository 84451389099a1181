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
    return OpenAiRequest.sampling(json, 77);
  }

  @Test
  void a7EachFieldIsItsOwn() throws Exception {
    assertEquals(
        new Sampling(700, 40, 900, 1_100, 7),
        posted(
            "{\"temperature\": 0.7, \"top_k\": 40, \"top_p\": 0.9, \"repetition_penalty\": 1.1, \"seed\": 7}"));
    assertEquals(new Sampling(1_000, 0, 1_000, 1_000, 77), posted("{\"seed\": null}"));
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

  @Test
  void a8TheSeedIsOfRequestBeaconAndNumber() {
    Bytes body = Bytes.utf8("{\"prompt\": \"a\"}");
    Hash beacon = Hashing.of("test", Bytes.ofU64(1));
    Hash later = Hashing.of("test", Bytes.ofU64(2));
    TreeSet<Long> seeds = new TreeSet<>();
    for (Hash block : List.of(beacon, later)) {
      for (long answer = 1; answer <= 2; answer++) {
        seeds.add(OpenAiApi.seed(body, block, answer));
        seeds.add(OpenAiApi.seed(Bytes.utf8("{}"), block, answer));
      }
    }
    assertEquals(8, seeds.size());
    assertEquals(
        Hashing.of("sampling-seed", body, beacon.bytes(), Bytes.ofU64(3)).bytes().u64At(0),
        OpenAiApi.seed(body, beacon, 3));
  }
}

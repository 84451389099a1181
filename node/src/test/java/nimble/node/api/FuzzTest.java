package nimble.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.sim.FuzzTarget;
import nimble.training.role.serving.GatewayInput;
import nimble.types.JobId;
import nimble.vm.generation.Sampling;
import org.junit.jupiter.api.Test;

/// What clients post in the shape of OpenAI's API.
public final class FuzzTest {
  static final ModelDesk.Usable MODEL =
      new ModelDesk.Usable(
          "tests/fox",
          GatewayInput.Served.trained(new JobId(1), List.of(), 64, 256),
          new Texts.Source.OfBytes(),
          64,
          256,
          0,
          "nobody");

  /// Of one model, over bytes.
  static final OpenAiRequest.Shelf SHELF = shelf(TextCodec.BYTES);

  static OpenAiRequest.Shelf shelf(TextCodec text) {
    return new OpenAiRequest.Shelf() {
      @Override
      public ModelDesk.Found find(String name) {
        return new ModelDesk.Found(
            Optional.of(MODEL).filter(model -> model.name().equals(name)), false, "none");
      }

      @Override
      public TextCodec text(ModelDesk.Usable model) {
        return text;
      }
    };
  }

  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.through("OpenAiRequest", FuzzTest::request));

  /// What is taken is within every bound that answers rely on.
  private static Bytes request(Bytes input) throws Malformed {
    try {
      String text = new String(input.toArray(), StandardCharsets.UTF_8);
      JsonNode body = Json.read("body", text, JsonNode.class);
      Question asked = OpenAiRequest.of(body, body.has("messages"), SHELF).question();
      boolean bounded =
          !asked.prompt().isEmpty()
              && asked.prompt().size() <= MODEL.context()
              && asked.tokens() >= 1
              && asked.tokens() <= Question.TOKENS_MAX
              && asked.stops().size() <= Question.STOPS_MAX + 1
              && asked.sampling().topK() <= Sampling.TOP_K_MAX;
      if (!bounded) {
        throw new AssertionError(asked);
      }
      return input;
    } catch (Declined e) {
      throw new Malformed(e.body().toString());
    } catch (Mistake e) {
      throw new Malformed(e.words());
    }
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyBodyIsDeclinedOrBounded() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

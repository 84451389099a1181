package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.text.ChatTemplate;
import org.junit.jupiter.api.Test;

final class DjlTokenizerTest {
  private static Bytes resource(String name) throws Exception {
    try (InputStream in = DjlTokenizerTest.class.getResourceAsStream("/hf/tokenizer/" + name)) {
      return Bytes.wrap(Objects.requireNonNull(in).readAllBytes());
    }
  }

  @Test
  void idsAreThoseOfTheLibrary() throws Exception {
    JsonNode golden = new ObjectMapper().readTree(resource("golden.json").toArray());
    try (DjlTokenizer tokenizer = DjlTokenizer.of(resource("tokenizer.json"))) {
      for (JsonNode sample : golden.get("samples")) {
        List<Integer> ids = new ArrayList<>();
        sample.get("ids").forEach(id -> ids.add(id.intValue()));
        String text = sample.get("text").textValue();
        assertEquals(ids, tokenizer.encode(text), text);
        assertEquals(text, tokenizer.decode(ids));
      }
      assertEquals(Optional.of(1), tokenizer.id("<|im_start|>"));
      assertEquals(Optional.empty(), tokenizer.id("<|eot_id|>"));
      assertEquals(List.of(), ChatTemplate.CHATML.missing(tokenizer));
      assertEquals(List.of("<s>", "</s>"), ChatTemplate.MISTRAL.missing(tokenizer));
    }
  }

  @Test
  void otherFilesAreRefused() {
    assertThrows(Malformed.class, () -> DjlTokenizer.of(Bytes.utf8("{\"model\": 1}")));
    assertThrows(Malformed.class, () -> DjlTokenizer.of(Bytes.EMPTY));
  }
}

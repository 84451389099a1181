package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;

/// Token ids with a meaning, as a `config.json` names them.
///
/// @param ends any of these ends an answer
public record SpecialTokens(Optional<Integer> begin, List<Integer> ends, Optional<Integer> pad) {
  public static final SpecialTokens NONE =
      new SpecialTokens(Optional.empty(), List.of(), Optional.empty());

  private static final int ENDS_MAX = 16;

  public SpecialTokens {
    ends = List.copyOf(ends);
  }

  static SpecialTokens read(JsonObject config) throws Malformed {
    return new SpecialTokens(
        one(config, "bos_token_id"), ends(config), one(config, "pad_token_id"));
  }

  private static Optional<Integer> one(JsonObject config, String key) throws Malformed {
    return config.has(key)
        ? Optional.of(config.integer(key, -1, Bounds.VOCABULARY_MAX)).filter(id -> id >= 0)
        : Optional.empty();
  }

  private static List<Integer> ends(JsonObject config) throws Malformed {
    String key = "eos_token_id";
    return config.isList(key)
        ? config.integers(key, ENDS_MAX, Bounds.VOCABULARY_MAX)
        : one(config, key).stream().toList();
  }

  void into(ObjectNode config) {
    config.put("bos_token_id", begin.orElse(null));
    config.put("pad_token_id", pad.orElse(null));
    if (ends.size() > 1) {
      ArrayNode list = config.putArray("eos_token_id");
      ends.forEach(list::add);
    } else {
      config.put("eos_token_id", ends.isEmpty() ? null : ends.getFirst());
    }
  }
}

package nimble.vm.hf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nimble.codec.Malformed;

/// The architectures that are known.
enum Family {
  GPT2(Gpt2Shape.ARCHITECTURE, "gpt2", true),
  LLAMA(LlamaShape.LLAMA, "llama", false),
  MISTRAL(LlamaShape.MISTRAL, "mistral", false),
  QWEN2(LlamaShape.QWEN2, "qwen2", false);

  private static final int ARCHITECTURES_MAX = 16;

  private final String architecture;
  private final String type;
  private final boolean usuallyTied;

  Family(String architecture, String type, boolean usuallyTied) {
    this.architecture = architecture;
    this.type = type;
    this.usuallyTied = usuallyTied;
  }

  String architecture() {
    return architecture;
  }

  static Family of(JsonObject config) throws Malformed {
    List<String> named =
        config.has("architectures") ? config.texts("architectures", ARCHITECTURES_MAX) : List.of();
    String type = config.text("model_type", "");
    for (Family family : values()) {
      if (named.isEmpty() ? type.equals(family.type) : named.contains(family.architecture)) {
        return family;
      }
    }
    throw new Malformed(
        "%s: %s is not known here: %s are"
            .formatted(
                HfFiles.CONFIG,
                named.isEmpty() ? "model_type '" + type + "'" : String.join(", ", named),
                Arrays.stream(values())
                    .map(Family::architecture)
                    .collect(Collectors.joining(", "))));
  }

  Shape shape(JsonObject config, Optional<Integer> context) throws Malformed {
    return switch (this) {
      case GPT2 -> Gpt2Shape.read(config, context);
      case LLAMA, MISTRAL, QWEN2 -> LlamaShape.read(this, config, context);
    };
  }

  boolean tied(JsonObject config) throws Malformed {
    return config.flag("tie_word_embeddings", usuallyTied);
  }
}

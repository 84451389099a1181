package nimble.vm.hf;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.ModelSpec;

/// What a `config.json` may ask for at most; [ModelSpec] has the last word.
final class Bounds {
  static final int WIDTH_MAX = 32_768;
  static final int HIDDEN_MAX = 131_072;
  static final int VOCABULARY_MAX = 1 << 20;
  static final int LAYERS_MAX = (ModelSpec.LAYERS_MAX - 3) / 2;

  private Bounds() {}

  /// As many positions as were asked for, of those that the model was made for.
  static int context(int positions, Optional<Integer> asked) throws Malformed {
    int most = Math.min(positions, ModelSpec.CONTEXT_MAX);
    int context = asked.orElse(most);
    if (context < 1 || context > most) {
      throw new Malformed(
          "--context must be between 1 and %d for this model, was %d".formatted(most, context));
    }
    return context;
  }
}

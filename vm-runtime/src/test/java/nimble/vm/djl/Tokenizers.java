package nimble.vm.djl;

import java.io.InputStream;
import java.util.Objects;
import nimble.codec.Bytes;

/// The small tokenizers of the tests' resources (`scripts/golden`).
public final class Tokenizers {
  private Tokenizers() {}

  /// In the form of GPT-2's.
  public static DjlTokenizer bytePairs() throws Exception {
    return DjlTokenizer.of(file("tokenizer/tokenizer.json"));
  }

  /// In the form of Llama's.
  public static DjlTokenizer llama() throws Exception {
    return DjlTokenizer.of(file("tokenizer-llama/tokenizer.json"));
  }

  /// @param name below `hf`
  public static Bytes file(String name) throws Exception {
    try (InputStream in = Tokenizers.class.getResourceAsStream("/hf/" + name)) {
      return Bytes.wrap(Objects.requireNonNull(in).readAllBytes());
    }
  }
}

package nimble.vm.text;

import java.util.List;
import java.util.Optional;

/// Text to token ids and back. One thread at a time.
public interface Tokenizer extends AutoCloseable {
  /// Nothing is added at either end; a special token's own text becomes its id.
  List<Integer> encode(String text);

  /// With special tokens as their text. A character of which not all bytes are there becomes
  /// U+FFFD.
  String decode(List<Integer> ids);

  /// The one token that stands for this text; empty when there is none.
  default Optional<Integer> id(String token) {
    List<Integer> ids = encode(token);
    return ids.size() == 1 && decode(ids).equals(token)
        ? Optional.of(ids.getFirst())
        : Optional.empty();
  }

  @Override
  void close();
}

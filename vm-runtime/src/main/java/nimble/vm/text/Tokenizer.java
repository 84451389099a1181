package nimble.vm.text;

import java.util.List;
import java.util.Optional;

/// Text to token ids and back. Any thread, until it is closed.
public interface Tokenizer extends AutoCloseable {
  /// Nothing is added at either end; a special token's own text becomes its id.
  List<Integer> encode(String text);

  /// How a text begins by itself: with what the tokenizer puts before a whole text, such as a token
  /// that stands for the beginning.
  default List<Integer> prompt(String text) {
    return encode(text);
  }

  /// With special tokens as their text. A character of which not all bytes are there becomes
  /// U+FFFD.
  String decode(List<Integer> ids);

  /// [#decode] without special tokens.
  default String said(List<Integer> ids) {
    return decode(ids);
  }

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

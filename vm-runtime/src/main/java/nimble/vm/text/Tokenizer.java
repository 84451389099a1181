package nimble.vm.text;

import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;

/// Text to token ids and back. Any thread, until it is closed.
public interface Tokenizer extends AutoCloseable {
  /// No special tokens are added; a special token's own text becomes its id. What the tokenizer
  /// takes for the beginning of a text may get a blank before it.
  ///
  /// @throws Malformed when it has no tokens for this text
  List<Integer> encode(String text) throws Malformed;

  /// [#encode] of a text that goes on: as it is behind `before`, unless a token reaches over from
  /// there; then it begins anew.
  default List<Integer> encodeBehind(String before, String text) throws Malformed {
    List<Integer> start = encode(before);
    List<Integer> whole = encode(before + text);
    boolean apart = whole.size() >= start.size() && whole.subList(0, start.size()).equals(start);
    return apart ? whole.subList(start.size(), whole.size()) : encode(text);
  }

  /// How a text begins by itself: with what the tokenizer puts before a whole text, such as a token
  /// that stands for the beginning.
  default List<Integer> prompt(String text) throws Malformed {
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
    List<Integer> ids;
    try {
      ids = encode(token);
    } catch (Malformed e) {
      return Optional.empty();
    }
    return ids.size() == 1 && decode(ids).equals(token)
        ? Optional.of(ids.getFirst())
        : Optional.empty();
  }

  @Override
  void close();
}

package nimble.vm.hf;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.codec.Malformed;

/// What the library takes for granted of parts that it knows, and ends the process over where it
/// does not hold (H8):
///
/// - a normalizer leaves something of every text, and makes no blanks: it replaces what is not
///   empty by what is not blank, puts before what is not empty, and strips nothing;
/// - no token that is added is empty, and none of blanks takes those before it as well;
/// - whatever a BPE merges begins with its prefix: there is none;
/// - one template at most, for one text, whose special tokens are there;
/// - a decoder strips nothing at a token's end, and looks for texts alone;
/// - a text is split by patterns that are known: one that goes back ten million times at one place,
///   which a short text may bring about, is given up by a fall.
///
/// Parts have names for what they hold: in a list stands only what is known by the list's name.
final class TokenizerTraps {
  private static final List<String> NORMALIZER_NAMES =
      List.of("type", "normalizers", "prepend", "pattern", "String", "content");
  private static final List<String> NORMALIZERS =
      List.of("Sequence", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace");
  private static final List<String> NORMALIZER_LISTS = List.of("normalizers");
  private static final List<String> TEMPLATE_LISTS =
      List.of("processors", "single", "pair", "ids", "tokens", "sep", "cls");
  private static final List<String> DECODER_LISTS = List.of("decoders");

  /// None of them goes back more often than a text is long.
  private static final List<String> PATTERNS =
      List.of(
          // GPT-2's.
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          cased("\\p{N}{1,3}"), // Llama 3's.
          cased("\\p{N}"), // Qwen2's.
          // Mistral's, since NeMo.
          "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
              + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
              + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

  private static final int NEXT_LINE = 0x85;

  private final SortedSet<String> named = new TreeSet<>();
  private final SortedSet<String> special = new TreeSet<>();
  private int templates;

  /// @param parser at the token
  void check(JsonParser parser, JsonToken token) throws Malformed, IOException {
    JsonStreamContext at = parser.getParsingContext();
    String name = String.valueOf(parser.currentName());
    switch (section(at)) {
      case "normalizer" -> normalizer(parser, token, name);
      case "added_tokens" -> added(parser, token, name);
      case "model" -> model(parser, token, name);
      case "post_processor" -> template(parser, token, name);
      case "decoder" -> decoder(parser, token, name);
      case "pre_tokenizer" ->
          refuse(
              token == JsonToken.VALUE_STRING
                  && name.equals("Regex")
                  && !PATTERNS.contains(parser.getText()),
              "a pattern that is not known, neither GPT-2's nor Llama's, Qwen's or Mistral's");
      default -> {
        // Nothing that does anything.
      }
    }
  }

  /// Words whatever their case, numbers in pieces of their own.
  private static String cased(String numbers) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
        .formatted(numbers);
  }

  /// All of it was seen.
  void end() throws Malformed {
    refuse(!special.containsAll(named), "a template of tokens that it does not have");
  }

  /// The field of the whole that this is in.
  private static String section(JsonStreamContext at) {
    JsonStreamContext top = at;
    while (!top.inRoot() && !top.getParent().inRoot()) {
      top = top.getParent();
    }
    return String.valueOf(top.getCurrentName());
  }

  private static void normalizer(JsonParser parser, JsonToken token, String name)
      throws Malformed, IOException {
    boolean text = token == JsonToken.VALUE_STRING;
    boolean inside = !parser.getParsingContext().getParent().inRoot();
    refuse(
        token == JsonToken.FIELD_NAME && inside && !NORMALIZER_NAMES.contains(name),
        "a normalizer with " + name);
    refuse(
        token == JsonToken.START_ARRAY && !NORMALIZER_LISTS.contains(name),
        "a list in its normalizer");
    refuse(
        text && name.equals("type") && !NORMALIZERS.contains(parser.getText()),
        "a normalizer that may leave nothing of a text");
    refuse(text && parser.getText().isEmpty(), "a normalizer of nothing");
    refuse(
        text && name.equals("content") && isBlank(parser.getText()),
        "a normalizer that makes blanks");
  }

  private static void added(JsonParser parser, JsonToken token, String name)
      throws Malformed, IOException {
    JsonStreamContext at = parser.getParsingContext();
    if (token == JsonToken.VALUE_STRING && name.equals("content")) {
      refuse(parser.getText().isEmpty(), "an empty token");
      if (isBlank(parser.getText())) {
        together(at, "blank", "lstrip");
      }
    } else if (token == JsonToken.VALUE_TRUE && name.equals("lstrip")) {
      together(at, "lstrip", "blank");
    }
  }

  private static boolean isBlank(String text) {
    return text.codePoints()
        .allMatch(it -> Character.isWhitespace(it) || Character.isSpaceChar(it) || it == NEXT_LINE);
  }

  private static void model(JsonParser parser, JsonToken token, String name)
      throws Malformed, IOException {
    JsonStreamContext at = parser.getParsingContext();
    if (token == JsonToken.START_ARRAY && name.equals("merges")) {
      together(at.getParent(), "merges", "prefix");
    }
    if (token == JsonToken.VALUE_STRING
        && name.equals("continuing_subword_prefix")
        && !parser.getText().isEmpty()) {
      together(at, "prefix", "merges");
    }
  }

  private void template(JsonParser parser, JsonToken token, String name)
      throws Malformed, IOException {
    JsonStreamContext at = parser.getParsingContext();
    String holder = String.valueOf(at.getParent().getCurrentName());
    if (token == JsonToken.START_ARRAY) {
      refuse(!TEMPLATE_LISTS.contains(name), "a list in its post_processor");
      templates += name.equals("single") ? 1 : 0;
      refuse(templates > 1, "two templates");
    }
    boolean text = token == JsonToken.VALUE_STRING;
    if (isIn(at, "single")) {
      String said = text ? parser.getText() : name;
      refuse(said.equals("B") && (text || token == JsonToken.FIELD_NAME), "a second text");
      if (text && name.equals("id") && holder.equals("SpecialToken")) {
        named.add(said);
      }
    } else if (token == JsonToken.FIELD_NAME && holder.equals("special_tokens")) {
      special.add(name);
    }
  }

  private static boolean isIn(JsonStreamContext at, String list) {
    for (JsonStreamContext in = at; !in.inRoot(); in = in.getParent()) {
      if (in.inArray() && list.equals(in.getParent().getCurrentName())) {
        return true;
      }
    }
    return false;
  }

  private static void decoder(JsonParser parser, JsonToken token, String name)
      throws Malformed, IOException {
    JsonStreamContext at = parser.getParsingContext();
    refuse(
        token == JsonToken.START_ARRAY && !DECODER_LISTS.contains(name), "a list in its decoder");
    refuse(token == JsonToken.FIELD_NAME && name.equals("Regex"), "a pattern in its decoder");
    if (token == JsonToken.VALUE_STRING && name.equals("content")) {
      together(at, "content", "stop");
    }
    if (token == JsonToken.VALUE_NUMBER_INT
        && name.equals("stop")
        && !parser.getText().equals("0")) {
      together(at, "stop", "content");
    }
  }

  /// Refuses an object that has both.
  private static void together(JsonStreamContext in, String one, String other) throws Malformed {
    refuse(other.equals(in.getCurrentValue()), "%s beside %s".formatted(one, other));
    in.setCurrentValue(one);
  }

  private static void refuse(boolean trap, String what) throws Malformed {
    if (trap) {
      throw new Malformed("a tokenizer with " + what);
    }
  }
}

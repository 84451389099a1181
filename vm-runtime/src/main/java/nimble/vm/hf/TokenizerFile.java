package nimble.vm.hf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// Whether a `tokenizer.json` may be handed to the library that reads it (H8). That library ends
/// the whole process where a part of the file is no JSON to it, so nothing reaches it that is not
/// JSON by its own measure, and only parts that we know, without [TokenizerTraps]. One pass, and no
/// tree.
public final class TokenizerFile {
  /// Far within the library's own 128.
  private static final int DEPTH_MAX = 32;

  private static final int STRING_MAX = 1 << 16;
  private static final int NUMBER_MAX = 32;
  private static final String TYPE = "type";

  /// Of models, and of what works on text before and after them. Not `Precompiled`, whose table is
  /// read without bounds.
  private static final List<String> PARTS =
      List.of(
          "BPE",
          "BPEDecoder",
          "BertNormalizer",
          "BertPreTokenizer",
          "BertProcessing",
          "ByteFallback",
          "ByteLevel",
          "CTC",
          "CharDelimiterSplit",
          "Digits",
          "Fuse",
          "Lowercase",
          "Metaspace",
          "NFC",
          "NFD",
          "NFKC",
          "NFKD",
          "Nmt",
          "Prepend",
          "Punctuation",
          "Replace",
          "RobertaProcessing",
          "Sequence",
          "Split",
          "Strip",
          "StripAccents",
          "TemplateProcessing",
          "UnicodeScripts",
          "Unigram",
          "Whitespace",
          "WhitespaceSplit",
          "WordLevel",
          "WordPiece");

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(STRING_MAX)
                  .maxNameLength(STRING_MAX)
                  .maxNumberLength(NUMBER_MAX)
                  .build())
          .build();

  private TokenizerFile() {}

  /// @throws Malformed where the library could fall over it
  public static void check(Bytes file) throws Malformed {
    try (JsonParser parser = FACTORY.createParser(characters(file))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new Malformed("a tokenizer must be a JSON object");
      }
      TokenizerTraps traps = new TokenizerTraps();
      int depth = 1;
      while (depth > 0) {
        depth += step(parser, traps);
      }
      traps.end();
      if (parser.nextToken() != null) {
        throw new Malformed("something follows the tokenizer");
      }
    } catch (JsonProcessingException e) {
      throw new Malformed("a tokenizer that is no JSON: " + e.getOriginalMessage());
    } catch (CharacterCodingException e) {
      throw new Malformed("a tokenizer that is not UTF-8");
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  /// As the library reads them: a parser of bytes would guess UTF-16 and UTF-32 as well, and check
  /// another text than the library gets.
  private static Reader characters(Bytes file) {
    return new InputStreamReader(
        new ByteArrayInputStream(file.toArray()), StandardCharsets.UTF_8.newDecoder());
  }

  /// @return by how much what follows is deeper
  private static int step(JsonParser parser, TokenizerTraps traps) throws Malformed, IOException {
    JsonToken token = parser.nextToken();
    if (token != null) {
      traps.check(parser, token);
    }
    switch (token) {
      case FIELD_NAME -> checkText(parser.currentName());
      case VALUE_STRING -> {
        checkText(parser.getText());
        if (TYPE.equals(parser.currentName()) && !PARTS.contains(parser.getText())) {
          throw new Malformed(
              "a tokenizer with a part of type '%s', which is not known"
                  .formatted(parser.getText()));
        }
      }
      case VALUE_NUMBER_FLOAT -> {
        if (!Double.isFinite(parser.getDoubleValue())) {
          throw new Malformed("a tokenizer with a number beyond 64 bits");
        }
      }
      case START_OBJECT, START_ARRAY -> {
        return 1;
      }
      case END_OBJECT, END_ARRAY -> {
        return -1;
      }
      case null, default -> {
        // Says nothing.
      }
    }
    return 0;
  }

  /// Half a pair stands for nothing.
  private static void checkText(String text) throws Malformed {
    if (text.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
      throw new Malformed("a tokenizer with half a character");
    }
  }
}

package nimble.vm.djl;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_32LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.hf.TokenizerFile;
import nimble.vm.text.ChatTemplate;
import org.junit.jupiter.api.Test;

final class DjlTokenizerTest {
  @Test
  void idsAreThoseOfTheLibrary() throws Exception {
    try (DjlTokenizer llama = Tokenizers.llama();
        DjlTokenizer tokenizer = Tokenizers.bytePairs()) {
      check("tokenizer-llama", llama);
      check("tokenizer", tokenizer);
      assertEquals(Optional.of(1), tokenizer.id("<|im_start|>"));
      assertEquals(Optional.empty(), tokenizer.id("<|eot_id|>"));
      assertEquals(List.of(), ChatTemplate.CHATML.missing(tokenizer));
      assertEquals(List.of("<s>", "</s>"), ChatTemplate.MISTRAL.missing(tokenizer));
    }
  }

  private static void check(String folder, DjlTokenizer tokenizer) throws Exception {
    Bytes golden = Tokenizers.file(folder + "/golden.json");
    for (JsonNode sample : new ObjectMapper().readTree(golden.toArray()).get("samples")) {
      String text = sample.get("text").textValue();
      assertEquals(ids(sample.get("ids")), tokenizer.encode(text), text);
      assertEquals(ids(sample.get("prompt")), tokenizer.prompt(text), text);
      assertEquals(text, tokenizer.decode(ids(sample.get("ids"))));
    }
  }

  private static List<Integer> ids(JsonNode list) {
    List<Integer> ids = new ArrayList<>();
    list.forEach(id -> ids.add(id.intValue()));
    return ids;
  }

  @Test
  void otherFilesAreRefused() {
    assertThrows(Malformed.class, () -> DjlTokenizer.of(Bytes.utf8("{\"model\": 1}")));
    assertThrows(Malformed.class, () -> DjlTokenizer.of(Bytes.EMPTY));
  }

  /// On any of these the library would end the process.
  @Test
  void h8WhatTheLibraryFallsOverNeverReachesIt() throws Exception {
    String good = new String(Tokenizers.file("tokenizer/tokenizer.json").toArray(), UTF_8);
    TokenizerFile.check(Bytes.utf8(good));
    for (String decoder :
        List.of(
            "{\"type\": \"ByteLevel\"",
            "1e999",
            "[".repeat(200) + "]".repeat(200),
            "\"\\ud800\"",
            "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAA\"}")) {
      String bad = "{\"decoder\": " + decoder + "," + good.substring(1);
      assertThrows(Malformed.class, () -> DjlTokenizer.of(Bytes.utf8(bad)), decoder);
    }
    assertThrows(Malformed.class, () -> DjlTokenizer.of(Bytes.utf8(good + "{}")));
    for (Charset other : List.of(UTF_16LE, UTF_16BE, UTF_32LE)) {
      Bytes recoded = Bytes.wrap(good.getBytes(other));
      assertThrows(Malformed.class, () -> TokenizerFile.check(recoded), other.name());
    }
  }

  /// As the families' files have them, so that none is refused for a slip of ours.
  @Test
  void h8KnownPatternsSplit() throws Exception {
    String good = new String(Tokenizers.file("tokenizer/tokenizer.json").toArray(), UTF_8);
    String upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    String lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    List<String> patterns =
        List.of(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "[^\\r\\n\\p{L}\\p{N}]?%1$s*%2$s+|[^\\r\\n\\p{L}\\p{N}]?%1$s+%2$s*|\\p{N}"
                    .formatted(upper, lower)
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
    for (String pattern : patterns) {
      String splits =
          """
          "pre_tokenizer":{"type":"Sequence","pretokenizers":[
          {"type":"Split","pattern":{"Regex":"%s"},"behavior":"Isolated","invert":false},
          {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}\
          """
              .formatted(pattern.replace("\\", "\\\\"));
      int at = good.indexOf("\"pre_tokenizer\"");
      String file =
          good.substring(0, at) + splits + good.substring(good.indexOf(",\"post_processor\"", at));
      try (DjlTokenizer tokenizer = DjlTokenizer.of(Bytes.utf8(file))) {
        String text = "The miner's 1234 sums,\n\n they'll PAY!  ";
        assertEquals(text, tokenizer.decode(tokenizer.encode(text)), pattern);
      }
    }
  }

  /// Good JSON of known parts, on which it would end the process too: some when it reads the file,
  /// most at some text.
  @Test
  void h8WhatPartsRelyOnHolds() throws Exception {
    String good = new String(Tokenizers.file("tokenizer/tokenizer.json").toArray(), UTF_8);
    String template = "'post_processor': {'single': [%s], 'pair': [], 'special_tokens': {}}";
    String added = "'added_tokens': [{'id': 9, 'content': '%s', 'lstrip': true, 'rstrip': false}]";
    List<String> bad =
        List.of(
            "'decoder': {'type': 'Strip', 'content': 'a', 'start': 0, 'stop': 1}",
            "'decoder': {'stop': 2, 'start': 0, 'content': 'a'}",
            "'decoder': ['a', 0, 2]",
            "'decoder': {'type': 'Replace', 'pattern': {'Regex': '(a|b|ab)+$'}, 'content': 'a'}",
            "'decoder': {'type': 'Sequence', 'decoders': [['a', 0, 2]]}",
            "'model': {'continuing_subword_prefix': '##', 'vocab': {}, 'merges': [['a', 'b']]}",
            "'model': {'merges': [['a', 'b']], 'vocab': {}, 'continuing_subword_prefix': '##'}",
            template.formatted("{'Sequence': {'id': 'B', 'type_id': 0}}"),
            template.formatted("{'Sequence': {'id': {'B': null}, 'type_id': 0}}"),
            template.formatted("{'Sequence': ['B', 0]}"),
            template.formatted("{'SpecialToken': {'id': '<s>', 'type_id': 0}}"),
            "'post_processor': {'processors': [{'single': []}, {'single': []}]}",
            added.formatted(""),
            added.formatted(" \u00a0"),
            "'normalizer': {'type': 'StripAccents'}",
            "'normalizer': {'strip_left': true, 'strip_right': true}",
            "'normalizer': [true, true]",
            "'normalizer': {'type': 'Prepend', 'prepend': ''}",
            "'normalizer': {'type': 'Replace', 'pattern': {'String': ''}, 'content': 'a'}",
            "'normalizer': {'type': 'Replace', 'pattern': {'String': 'a'}, 'content': ' '}",
            "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '$'}, 'content': 'a'}",
            "'pre_tokenizer': {'pattern': {'Regex': '(?:(?:a|b|ab)+)+$(?<=a)'}}");
    for (String part : bad) {
      String file = "{" + part.replace('\'', '"') + "," + good.substring(1);
      assertThrows(Malformed.class, () -> TokenizerFile.check(Bytes.utf8(file)), part);
    }
  }
}

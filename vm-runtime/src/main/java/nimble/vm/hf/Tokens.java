package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nimble.codec.Malformed;

/// How a model's text becomes ids, as files of its folder: those of another folder, or those that
/// say that ids are bytes.
public sealed interface Tokens {
  /// A tokenizer's files are copied as they are, never run.
  List<String> FILES =
      List.of(
          HfFiles.TOKENIZER,
          HfFiles.TOKENIZER_CONFIG,
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          "chat_template.jinja");

  int FILE_BYTES_MAX = 64 << 20;

  SpecialTokens special();

  void write(Path folder) throws IOException;

  /// Those of a model folder.
  static Tokens of(Path folder) throws Malformed, IOException {
    JsonObject config =
        JsonObject.parse(
            HfFiles.CONFIG, HfFiles.read(folder.resolve(HfFiles.CONFIG), HfFiles.CONFIG_BYTES_MAX));
    return new Copied(folder, SpecialTokens.read(config));
  }

  /// None at all.
  record None() implements Tokens {
    @Override
    public SpecialTokens special() {
      return SpecialTokens.NONE;
    }

    @Override
    public void write(Path folder) {}
  }

  record Copied(Path from, SpecialTokens special) implements Tokens {
    @Override
    public void write(Path folder) throws IOException {
      for (String name : FILES) {
        Path file = from.resolve(name);
        if (Files.isRegularFile(file)) {
          if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException("%s is larger than a tokenizer can be".formatted(file));
          }
          Files.copy(file, folder.resolve(name));
        }
      }
    }
  }

  /// Text is its bytes in UTF-8: 256 ids, each for the character by which that library shows the
  /// byte, and no merges.
  record OfBytes() implements Tokens {
    private static final int VALUES = 256;

    @Override
    public SpecialTokens special() {
      return SpecialTokens.NONE;
    }

    @Override
    public void write(Path folder) throws IOException {
      Files.writeString(folder.resolve(HfFiles.TOKENIZER), JsonObject.show(tokenizer()));
      ObjectNode config = JsonObject.create();
      config
          .put("tokenizer_class", "PreTrainedTokenizerFast")
          .put("clean_up_tokenization_spaces", false);
      Files.writeString(folder.resolve(HfFiles.TOKENIZER_CONFIG), JsonObject.show(config));
    }

    private static ObjectNode tokenizer() {
      ObjectNode all = JsonObject.create();
      all.put("version", "1.0");
      all.putNull("truncation").putNull("padding");
      all.putArray("added_tokens");
      all.putNull("normalizer");
      byteLevel(all.putObject("pre_tokenizer"));
      all.putNull("post_processor");
      byteLevel(all.putObject("decoder"));
      ObjectNode model = all.putObject("model").put("type", "BPE");
      model.putNull("dropout").putNull("unk_token");
      model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
      model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
      ObjectNode vocabulary = model.putObject("vocab");
      for (int value = 0; value < VALUES; value++) {
        vocabulary.put(Character.toString(shown(value)), value);
      }
      model.putArray("merges");
      return all;
    }

    private static void byteLevel(ObjectNode part) {
      part.put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", false);
    }

    /// GPT-2's printable stand-in of a byte: itself where it is printable in Latin-1, otherwise the
    /// next one from 256 on.
    static int shown(int value) {
      int others = 0;
      for (int i = 0; i < value; i++) {
        others += printable(i) ? 0 : 1;
      }
      return printable(value) ? value : VALUES + others;
    }

    private static boolean printable(int value) {
      return (value >= '!' && value <= '~')
          || (value >= 0xa1 && value <= 0xac)
          || (value >= 0xae && value <= 0xff);
    }
  }
}

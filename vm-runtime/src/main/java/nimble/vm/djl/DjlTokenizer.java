package nimble.vm.djl;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.hf.TokenizerFile;
import nimble.vm.text.Tokenizer;

/// A `tokenizer.json`, by the library that made it. Its file is data; nothing is fetched. Who drops
/// one without closing it loses nothing but time: the library frees it then.
public final class DjlTokenizer implements Tokenizer {
  public static final int FILE_BYTES_MAX = 64 << 20;

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer tokenizer;

  private DjlTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// @param file a `tokenizer.json`
  public static DjlTokenizer of(Bytes file) throws Malformed {
    if (file.size() > FILE_BYTES_MAX) {
      throw new Malformed(
          "a tokenizer of %d bytes, at most %d are possible"
              .formatted(file.size(), FILE_BYTES_MAX));
    }
    TokenizerFile.check(file);
    NativeSettings.applyUsual();
    try {
      return new DjlTokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(file.toArray()), OPTIONS));
    } catch (IOException | RuntimeException e) {
      throw new Malformed("no tokenizer: " + e.getMessage());
    }
  }

  @Override
  public List<Integer> encode(String text) throws Malformed {
    return ids(text, false);
  }

  @Override
  public List<Integer> prompt(String text) throws Malformed {
    return ids(text, true);
  }

  /// The library says as it can that it has no tokens for a text.
  private List<Integer> ids(String text, boolean special) throws Malformed {
    try {
      return LongStream.of(tokenizer.encode(text, special, false).getIds())
          .mapToObj(id -> (int) id)
          .toList();
    } catch (RuntimeException e) {
      throw new Malformed("the tokenizer cannot take this text: " + e.getMessage());
    }
  }

  @Override
  public String decode(List<Integer> ids) {
    return text(ids, false);
  }

  @Override
  public String said(List<Integer> ids) {
    return text(ids, true);
  }

  private String text(List<Integer> ids, boolean skipsSpecial) {
    long[] all = ids.stream().mapToLong(Integer::longValue).toArray();
    return tokenizer.decode(all, skipsSpecial);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

package nimble.vm.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Ids are the bytes of the text in UTF-8 (X1).
public record ByteTokenizer() implements Tokenizer {
  private static final int VALUES = 256;

  @Override
  public List<Integer> encode(String text) {
    List<Integer> ids = new ArrayList<>();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      ids.add(value & 0xff);
    }
    return ids;
  }

  @Override
  public List<Integer> encodeBehind(String before, String text) {
    return encode(text);
  }

  /// Ids beyond the bytes stand for nothing.
  @Override
  public String decode(List<Integer> ids) {
    byte[] bytes = new byte[ids.size()];
    int length = 0;
    for (int id : ids) {
      if (id < VALUES) {
        bytes[length++] = (byte) id;
      }
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {}
}

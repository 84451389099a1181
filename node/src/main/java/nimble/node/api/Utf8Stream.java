package nimble.node.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import nimble.codec.Bytes;

/// Bytes that come one by one, as text: a character is given when it is whole; bytes that are none
/// become U+FFFD.
final class Utf8Stream {
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private int missing;

  String add(Bytes bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.size(); i++) {
      int next = bytes.at(i) & 0xff;
      boolean continues = (next & 0xc0) == 0x80;
      if (missing > 0 && !continues) {
        text.append(end());
      }
      pending.write(next);
      missing = missing > 0 && continues ? missing - 1 : following(next);
      if (missing == 0) {
        text.append(end());
      }
    }
    return text.toString();
  }

  /// What has come of a character that nothing completes.
  String end() {
    String text = pending.toString(StandardCharsets.UTF_8);
    pending.reset();
    missing = 0;
    return text;
  }

  private static int following(int first) {
    if (first >= 0xf0) {
      return first < 0xf8 ? 3 : 0;
    }
    return first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  }
}

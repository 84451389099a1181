package nimble.training;

import java.nio.charset.StandardCharsets;

/// Reasons that fit their field.
final class Text {
  private static final String MORE = "…";

  private Text() {}

  /// At most `bytesMax` bytes of UTF-8, cut between characters.
  static String cut(String text, int bytesMax) {
    if (size(text) <= bytesMax) {
      return text;
    }
    int room = bytesMax - size(MORE);
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      String next = Character.toString(text.codePointAt(i));
      room -= size(next);
      if (room < 0) {
        break;
      }
      kept.append(next);
    }
    return kept.append(MORE).toString();
  }

  private static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

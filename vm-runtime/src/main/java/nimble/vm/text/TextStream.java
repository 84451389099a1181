package nimble.vm.text;

import java.util.ArrayList;
import java.util.List;

/// Tokens that come one by one, as text (X6). A character of which bytes are missing reads as
/// U+FFFD, and some tokenizers read all that stand for bytes so as long as one is missing: what the
/// text ends with of these is held back until more comes. What a token stands for may depend on the
/// one before: some are always read together with the new one. One thread.
public final class TextStream {
  private static final char UNKNOWN = '\ufffd';

  /// Bytes of a character that can be there without it being whole: what is held at least.
  private static final int PARTS_MAX = 3;

  private static final int WINDOW_MAX = 64;

  private final Tokenizer tokenizer;
  private final List<Integer> window = new ArrayList<>();

  /// Ids of the window whose text was given when the newest of the others came.
  private int settled;

  /// Characters of the window's text.
  private int given;

  public TextStream(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// What is certain now, and was not before.
  public String add(int id) {
    window.add(id);
    String text = tokenizer.said(window);
    boolean full = window.size() > WINDOW_MAX;
    String piece = upTo(text.length() - held(text, full ? PARTS_MAX : text.length()), text);
    if (given == text.length()) {
      slide(settled, text);
    } else if (full) {
      slide(WINDOW_MAX / 2, text);
    }
    return piece;
  }

  /// What was held back, when nothing more comes.
  public String end() {
    String text = tokenizer.said(window);
    return upTo(text.length(), text);
  }

  private String upTo(int end, String text) {
    if (end <= given) {
      return "";
    }
    String piece = text.substring(given, end);
    given = end;
    return piece;
  }

  private static int held(String text, int most) {
    int held = 0;
    while (held < Math.min(most, text.length())
        && text.charAt(text.length() - 1 - held) == UNKNOWN) {
      held++;
    }
    return held;
  }

  /// Forgets the first ids; what was not given of the text stays so.
  private void slide(int ids, String text) {
    int owed = text.length() - given;
    window.subList(0, ids).clear();
    settled = window.size();
    given = Math.max(0, tokenizer.said(window).length() - owed);
  }
}

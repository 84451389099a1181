package nimble.p2p;

import nimble.types.Hash;
import nimble.types.PublicKey;

/// Text that came from a peer and goes into a log.
public final class Text {
  public static final int REASON_LENGTH_MAX = 240;
  private static final int BRIEF_DIGITS = 12;

  private Text() {}

  static boolean isLine(String text, int lengthMax) {
    return text.length() <= lengthMax && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  /// One line of printable ASCII, cut to what a reason may be long.
  public static String reason(String text) {
    StringBuilder line = new StringBuilder();
    text.chars()
        .limit(REASON_LENGTH_MAX)
        .forEach(c -> line.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return line.toString();
  }

  public static String brief(Hash hash) {
    return hash.toString().substring(0, BRIEF_DIGITS);
  }

  public static String brief(PublicKey peer) {
    return peer.toString().substring(0, BRIEF_DIGITS);
  }
}

package nimble.node.api;

import java.util.List;

/// Text that comes in pieces and ends before the first of some strings: what may be the beginning
/// of one is held back.
final class StopStrings {
  private final List<String> stops;
  private String pending = "";
  private boolean hit;

  /// @param stops none of them empty
  StopStrings(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /// Takes a piece; gives what is certain to belong to the text.
  String add(String piece) {
    if (hit) {
      return "";
    }
    String all = pending + piece;
    int end = first(all);
    if (end >= 0) {
      hit = true;
      pending = "";
      return all.substring(0, end);
    }
    int held = held(all);
    pending = all.substring(all.length() - held);
    return all.substring(0, all.length() - held);
  }

  /// One of them came: nothing follows.
  boolean isHit() {
    return hit;
  }

  /// What was held back, when nothing more comes.
  String rest() {
    String rest = pending;
    pending = "";
    return rest;
  }

  private int first(String text) {
    int first = -1;
    for (String stop : stops) {
      int at = text.indexOf(stop);
      first = at >= 0 && (first < 0 || at < first) ? at : first;
    }
    return first;
  }

  /// The longest end of `text` that a stop begins with.
  private int held(String text) {
    int held = 0;
    for (String stop : stops) {
      int most = Math.min(stop.length() - 1, text.length());
      for (int length = most; length > held; length--) {
        if (text.endsWith(stop.substring(0, length))) {
          held = length;
        }
      }
    }
    return held;
  }
}

package nimble.node.crash;

import com.google.errorprone.annotations.FormatMethod;

/// A rule did not hold.
public final class Broken extends Exception {
  private Broken(String words) {
    super(words, null, false, true);
  }

  @FormatMethod
  static Broken of(String format, Object... values) {
    return new Broken(format.formatted(values));
  }
}

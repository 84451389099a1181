package nimble.node.files;

import com.google.errorprone.annotations.FormatMethod;
import nimble.codec.Malformed;

/// Something that a person wrote is wrong. The message says what, with which value, and what to do.
public final class Mistake extends Exception {
  private final String words;

  public Mistake(String words) {
    super(words, null, false, false);
    this.words = words;
  }

  @FormatMethod
  public static Mistake of(String format, Object... values) {
    return new Mistake(format.formatted(values));
  }

  /// For a value that came with `where`: a file, an option.
  public static Mistake in(String where, Malformed malformed) {
    return new Mistake(where + ": " + malformed.reason());
  }

  /// Refuses a number that is out of bounds.
  public static void between(String option, long value, long min, long max) throws Mistake {
    if (value < min || value > max) {
      throw of("%s must be between %d and %d, was %d", option, min, max, value);
    }
  }

  /// The message, which is always there.
  public String words() {
    return words;
  }
}

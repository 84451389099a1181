package nimble.training.dispute;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/// A move that may not be made, and why (G8).
public final class Refused extends Exception {
  private Refused(String reason) {
    super(reason, null, false, false);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }

  @FormatMethod
  static Refused because(String format, Object... values) {
    return new Refused(String.format(Locale.ROOT, format, values));
  }

  @FormatMethod
  static void unless(boolean holds, String format, Object... values) throws Refused {
    if (!holds) {
      throw because(format, values);
    }
  }
}

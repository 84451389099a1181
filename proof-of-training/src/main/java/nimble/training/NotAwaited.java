package nimble.training;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/// The chain does not wait for a work call, and why.
final class NotAwaited extends Exception {
  private NotAwaited(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  @FormatMethod
  static NotAwaited because(String format, Object... values) {
    return new NotAwaited(String.format(Locale.ROOT, format, values));
  }

  @FormatMethod
  static void unless(boolean holds, String format, Object... values) throws NotAwaited {
    if (!holds) {
      throw because(format, values);
    }
  }
}

package nimble.node.doctor;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/// What one check has found.
///
/// @param remedy what to do; empty when there is nothing to do
public record Finding(String check, Mark mark, String found, String remedy) {
  /// How grave it is.
  public enum Mark {
    OK,
    /// A node runs, and not as well as it could.
    WARN,
    /// A node does not run, or should not.
    FAIL,
    /// Could not be looked at.
    UNKNOWN
  }

  @FormatMethod
  static Finding ok(String check, @FormatString String format, Object... values) {
    return new Finding(check, Mark.OK, format.formatted(values), "");
  }

  static Finding warn(String check, String found, String remedy) {
    return new Finding(check, Mark.WARN, found, remedy);
  }

  static Finding fail(String check, String found, String remedy) {
    return new Finding(check, Mark.FAIL, found, remedy);
  }

  static Finding unknown(String check, String found, String remedy) {
    return new Finding(check, Mark.UNKNOWN, found, remedy);
  }
}

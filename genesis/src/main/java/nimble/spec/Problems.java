package nimble.spec;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Malformed;

/// Collects what is wrong with a spec. Specs are read again and again, and nearly always nothing
/// is: words are found when something is.
public final class Problems {
  private final List<Problem> found = new ArrayList<>();

  /// `value` must be within `min..max`; true when it is.
  public boolean range(String field, long value, long min, long max) {
    return (value >= min && value <= max)
        || that(false, field, value, "between %d and %d".formatted(min, max));
  }

  public boolean range(String field, float value, float min, float max) {
    return (value >= min && value <= max)
        || that(false, field, value, "between %s and %s".formatted(min, max));
  }

  public boolean that(boolean holds, String field, Object value, String allowed) {
    if (!holds) {
      found.add(new Problem(field, value.toString(), allowed));
    }
    return holds;
  }

  public void addAll(List<Problem> problems) {
    found.addAll(problems);
  }

  public List<Problem> list() {
    return List.copyOf(found);
  }

  /// For values that our own code built.
  public static void none(List<Problem> problems) {
    Invariant.check(problems.isEmpty(), "%s", problems);
  }

  /// For values that came from outside.
  public static void refuse(List<Problem> problems) throws Malformed {
    if (!problems.isEmpty()) {
      throw new Malformed(problems.getFirst().toString());
    }
  }
}

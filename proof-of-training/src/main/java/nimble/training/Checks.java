package nimble.training;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.vm.Problem;

/// Collects what is wrong with a job spec, in the words of `job.yaml`.
final class Checks {
  private final List<Problem> found = new ArrayList<>();

  Checks range(String field, long value, long min, long max) {
    return that(
        value >= min && value <= max,
        field,
        Long.toString(value),
        "between %d and %d".formatted(min, max));
  }

  Checks that(boolean holds, String field, String value, String allowed) {
    if (!holds) {
      found.add(new Problem(field, value, allowed));
    }
    return this;
  }

  Checks addAll(List<Problem> problems) {
    found.addAll(problems);
    return this;
  }

  List<Problem> list() {
    return List.copyOf(found);
  }

  /// For values that our own code built.
  static void none(List<Problem> problems) {
    Invariant.check(problems.isEmpty(), "%s", problems);
  }

  /// For values from outside.
  static void refuse(List<Problem> problems) throws Malformed {
    if (!problems.isEmpty()) {
      throw new Malformed(problems.getFirst().toString());
    }
  }
}

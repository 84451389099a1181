package nimble.vm.trace;

import java.util.Optional;

/// One tensor of a trace.
///
/// @param name for people: what it is and where in the model
/// @param rule empty for what the pass is given
public record TraceTensor(String name, int rows, int columns, Optional<Rule> rule) {
  public int count() {
    return Math.multiplyExact(rows, columns);
  }

  /// Copies of what windows see may be too large to be numbered.
  public boolean canBeMade() {
    return (long) rows * columns <= Integer.MAX_VALUE / Float.BYTES;
  }

  /// A machine computes it: neither given nor a copy.
  public boolean computed() {
    return rule.isPresent() && !(rule.get() instanceof Rule.Copy);
  }
}

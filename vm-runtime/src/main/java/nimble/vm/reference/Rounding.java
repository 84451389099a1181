package nimble.vm.reference;

/// Error bounds of fp32 arithmetic (B1, B2). Higham, "Accuracy and Stability of Numerical
/// Algorithms", 2nd edition, chapters 3 and 4: whatever the order of a sum of n products, with or
/// without fused multiply-adds, its error is at most γₙ times the sum of the products' sizes.
final class Rounding {
  /// Half the distance from 1 to the next fp32 number.
  static final double UNIT = 0x1p-24;

  /// Likewise of bf16, and a little more.
  static final double NARROW = 0x1.01p-8;

  /// Relative error of a library's elementary function; vectorised ones admit some 20 units.
  static final double ELEMENTARY = 32 * UNIT;

  /// From here on an honest fp32 sum may overflow.
  private static final double OVERFLOW = 0x1p124;

  /// What an operation may lose where numbers are too small for fp32.
  static final double UNDERFLOW = 0x1p-100;

  /// Of the referee's own operations, eight times what one of them may round by.
  private static final double OWN = 0x1p-50;

  private Rounding() {}

  /// γ_k = k u / (1 − k u).
  static double gamma(long operations) {
    double product = operations * UNIT;
    return product / (1 - product);
  }

  /// @param size of what is added up, without signs
  /// @param operations that the referee did to get there, at least
  static Interval around(double value, double error, double size, long operations) {
    double all = error * (1 + 0x1p-20) + operations * (size * OWN + UNDERFLOW);
    boolean bounded =
        Double.isFinite(value) && size < OVERFLOW && all < OVERFLOW && operations * UNIT < 0.5;
    return bounded ? new Interval(value - all, value + all) : Interval.ALL;
  }
}

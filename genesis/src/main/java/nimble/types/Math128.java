package nimble.types;

import nimble.check.Invariant;

/// Products of two longs, divided: the only place where consensus arithmetic exceeds 64 bits.
public final class Math128 {
  private Math128() {}

  /// `⌊a · b ÷ divisor⌋` for `a, b ≥ 0` and `divisor > 0`, exact.
  ///
  /// @throws ArithmeticException when the quotient does not fit a `long`
  public static long mulDiv(long a, long b, long divisor) {
    Invariant.check(
        a >= 0 && b >= 0 && divisor > 0, "mulDiv(%d, %d, %d) is out of range", a, b, divisor);
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    if (high == 0 && low >= 0) {
      return low / divisor;
    }
    if (high >= divisor) {
      throw new ArithmeticException("%d * %d / %d exceeds 64 bits".formatted(a, b, divisor));
    }
    long quotient = divide(high, low, divisor);
    if (quotient < 0) {
      throw new ArithmeticException("%d * %d / %d exceeds 63 bits".formatted(a, b, divisor));
    }
    return quotient;
  }

  /// Schoolbook long division, one bit at a time; `high < divisor`.
  private static long divide(long high, long low, long divisor) {
    long remainder = high;
    long quotient = 0;
    for (int bit = 63; bit >= 0; bit--) {
      boolean carry = remainder < 0;
      remainder = (remainder << 1) | ((low >>> bit) & 1);
      quotient <<= 1;
      if (carry || Long.compareUnsigned(remainder, divisor) >= 0) {
        remainder -= divisor;
        quotient |= 1;
      }
    }
    return quotient;
  }
}

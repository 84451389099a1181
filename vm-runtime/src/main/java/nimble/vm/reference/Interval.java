package nimble.vm.reference;

import nimble.vm.Precision;

/// Where an honest result lies.
///
/// @param low included
/// @param high included
public record Interval(double low, double high) {
  static final Interval ALL = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  static Interval exactly(double value) {
    return Double.isFinite(value) ? new Interval(value, value) : ALL;
  }

  /// Of what has been rounded once more: rounding keeps the order.
  Interval rounded(Precision precision) {
    return precision == Precision.FP32 || equals(ALL)
        ? this
        : new Interval(below(low, precision), above(high, precision));
  }

  private static double below(double number, Precision precision) {
    return precision.rounded(
        number < (float) number ? Math.nextDown((float) number) : (float) number);
  }

  private static double above(double number, Precision precision) {
    return precision.rounded(
        number > (float) number ? Math.nextUp((float) number) : (float) number);
  }

  /// Everything between the lower of two ends and the higher.
  Interval or(Interval other) {
    return new Interval(Math.min(low, other.low), Math.max(high, other.high));
  }

  /// One more addition, rounded to fp32.
  Interval plus(double more) {
    return equals(ALL)
        ? this
        : new Interval(low + more, high + more)
            .wider(Rounding.UNIT * (Math.max(Math.abs(low), Math.abs(high)) + Math.abs(more)));
  }

  Interval wider(double by) {
    return equals(ALL) ? this : new Interval(low - by, high + by);
  }

  /// NaN and infinities are in no interval but that of everything.
  public boolean holds(float claimed) {
    return equals(ALL) || (low <= claimed && claimed <= high && Float.isFinite(claimed));
  }
}

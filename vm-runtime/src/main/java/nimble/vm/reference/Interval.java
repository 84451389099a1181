package nimble.vm.reference;

/// Where an honest result lies.
///
/// @param low included
/// @param high included
public record Interval(double low, double high) {
  static final Interval ALL = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  static Interval exactly(double value) {
    return Double.isFinite(value) ? new Interval(value, value) : ALL;
  }

  /// NaN and infinities are in no interval but that of everything.
  public boolean holds(float claimed) {
    return equals(ALL) || (low <= claimed && claimed <= high && Float.isFinite(claimed));
  }
}

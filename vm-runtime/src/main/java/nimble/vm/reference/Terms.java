package nimble.vm.reference;

/// A sum in fp64, and the sum of its terms' sizes.
final class Terms {
  private double value;
  private double size;
  private long count;

  void add(double term) {
    value += term;
    size += Math.abs(term);
    count++;
  }

  /// For terms that are differences: the kernel may have taken them apart.
  void add(double term, double termSize) {
    value += term;
    size += termSize;
    count++;
  }

  double value() {
    return value;
  }

  double size() {
    return size;
  }

  long count() {
    return count;
  }

  /// Each term computed with `each` roundings, the sum in any order, then multiplied by `factor`.
  Interval interval(long each, double factor) {
    double all = size * Math.abs(factor);
    return Rounding.around(value * factor, Rounding.gamma(count + each) * all, all, count + each);
  }
}

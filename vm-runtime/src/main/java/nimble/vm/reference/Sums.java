package nimble.vm.reference;

/// How a machine keeps the sums of a matrix product while it adds: each way is a numeric class of
/// its own.
public enum Sums {
  /// In fp64, rounded to fp32 once.
  WIDE,
  /// In fp32, rounded after each addition.
  NARROW
}

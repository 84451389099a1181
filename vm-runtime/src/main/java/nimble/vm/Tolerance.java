package nimble.vm;

import nimble.check.Invariant;

/// The largest honest deviation (V3).
///
/// @param relative L2 norm of a tensor's error by that of the tensor
public record Tolerance(double relative) {
  /// One for all tensors and types.
  public static final Tolerance FIRST = new Tolerance(1e-3);

  public Tolerance {
    Invariant.check(relative >= 0 && relative < 1, "a tolerance of %s", relative);
  }

  boolean allows(double error) {
    return error <= relative;
  }
}

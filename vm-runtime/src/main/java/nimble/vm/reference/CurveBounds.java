package nimble.vm.reference;

import nimble.vm.Curve;

/// Element-wise curves (B4). Kernels compute `1 + erf` and the like, so errors are absolute where
/// the curve is near zero.
final class CurveBounds {
  private static final int OPERATIONS = 64;

  private CurveBounds() {}

  static Interval value(Curve curve, double x) {
    double value = CurveOp.value(curve, x);
    return switch (curve) {
      case RELU -> Interval.exactly(value);
      case GELU, GELU_TANH, SILU ->
          Rounding.around(value, Rounding.ELEMENTARY * Math.abs(x), Math.abs(x), OPERATIONS);
    };
  }

  static Interval slope(Curve curve, double x, double dy) {
    double value = dy * CurveOp.slope(curve, x);
    double steps =
        switch (curve) {
          case RELU -> 0;
          case GELU, SILU -> 1 + Math.abs(x);
          case GELU_TANH -> 1 + Math.abs(x) * (1 + x * x);
        };
    double size = Math.abs(dy) * steps;
    return curve == Curve.RELU
        ? Interval.exactly(value)
        : Rounding.around(value, Rounding.ELEMENTARY * size, size, OPERATIONS);
  }
}

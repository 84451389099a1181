package nimble.vm.audit;

import nimble.check.Invariant;

/// The largest honest deviation of a tensor from that of a machine of another class, for each kind
/// of tensor: L2 norm of the error by that of the tensor (V3). A network's genesis says which.
public record Tolerance(double output, double inputGradient, double weightGradient) {
  private static final double BILLIONTH = 1e-9;

  public Tolerance {
    for (double each : new double[] {output, inputGradient, weightGradient}) {
      Invariant.check(each >= 0 && each < 1, "a tolerance of %s", each);
    }
  }

  /// As genesis says it.
  public static Tolerance ofBillionths(long output, long inputGradient, long weightGradient) {
    return new Tolerance(
        (double) output * BILLIONTH,
        (double) inputGradient * BILLIONTH,
        (double) weightGradient * BILLIONTH);
  }

  public double of(TensorKind kind) {
    return switch (kind) {
      case OUTPUT -> output;
      case INPUT_GRADIENT -> inputGradient;
      case WEIGHT_GRADIENT -> weightGradient;
    };
  }

  boolean allows(Errors errors) {
    for (TensorKind kind : TensorKind.values()) {
      if (errors.of(kind) > of(kind)) {
        return false;
      }
    }
    return true;
  }
}

package nimble.vm.audit;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// The largest relative errors seen, by kind of tensor (V3).
public record Errors(double output, double inputGradient, double weightGradient) {
  public static final Errors NONE = new Errors(0, 0, 0);

  public double of(TensorKind kind) {
    return switch (kind) {
      case OUTPUT -> output;
      case INPUT_GRADIENT -> inputGradient;
      case WEIGHT_GRADIENT -> weightGradient;
    };
  }

  /// The largest, each by what is allowed: above 1 is too much.
  public double of(Tolerance tolerance) {
    double largest = 0;
    for (TensorKind kind : TensorKind.values()) {
      largest = Math.max(largest, of(kind) / tolerance.of(kind));
    }
    return largest;
  }

  /// The larger of each.
  public Errors max(Errors other) {
    return new Errors(
        Math.max(output, other.output),
        Math.max(inputGradient, other.inputGradient),
        Math.max(weightGradient, other.weightGradient));
  }

  static Errors of(Map<TensorKind, Double> errors) {
    Map<TensorKind, Double> all = new EnumMap<>(errors);
    return new Errors(
        all.getOrDefault(TensorKind.OUTPUT, 0.0),
        all.getOrDefault(TensorKind.INPUT_GRADIENT, 0.0),
        all.getOrDefault(TensorKind.WEIGHT_GRADIENT, 0.0));
  }

  public double largest() {
    return Math.max(output, Math.max(inputGradient, weightGradient));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "y %.2g, dx %.2g, dW %.2g", output, inputGradient, weightGradient);
  }
}

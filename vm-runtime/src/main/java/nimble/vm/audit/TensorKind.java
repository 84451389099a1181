package nimble.vm.audit;

/// What an audit compares, as far as tolerances differ (V3).
public enum TensorKind {
  /// What a stage hands on, or its loss.
  OUTPUT("y"),
  INPUT_GRADIENT("dx"),
  WEIGHT_GRADIENT("dW");

  private final String symbol;

  TensorKind(String symbol) {
    this.symbol = symbol;
  }

  /// As tables show it.
  @Override
  public String toString() {
    return symbol;
  }
}

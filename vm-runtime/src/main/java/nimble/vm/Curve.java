package nimble.vm;

import java.util.Optional;

/// An element-wise non-linearity. The tag is its byte in the canonical encoding, the two counts are
/// its metered operations an element (M6).
public enum Curve {
  /// `x · Φ(x)` by the error function.
  GELU(1, 4, 8),
  /// GELU by the hyperbolic tangent.
  GELU_TANH(2, 8, 16),
  RELU(3, 1, 1),
  /// `x · σ(x)`.
  SILU(4, 4, 7);

  final int tag;
  private final int forwardOperations;
  private final int backwardOperations;

  Curve(int tag, int forwardOperations, int backwardOperations) {
    this.tag = tag;
    this.forwardOperations = forwardOperations;
    this.backwardOperations = backwardOperations;
  }

  public int forwardOperations() {
    return forwardOperations;
  }

  public int backwardOperations() {
    return backwardOperations;
  }

  static Optional<Curve> ofTag(int tag) {
    for (Curve curve : values()) {
      if (curve.tag == tag) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }
}

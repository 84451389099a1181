package nimble.vm.reference;

/// One layer bound to its weights.
interface Op {
  /// Output for `x`; what the way back needs goes onto `tape`.
  float[] forward(float[] x, Frame frame, Pulls tape);
}

package nimble.vm.reference;

import java.util.ArrayDeque;
import java.util.Deque;

/// The way back through what has run: each entry turns an output gradient into an input gradient,
/// and adds its weights' gradients where they belong.
final class Pulls {
  /// One step back.
  @FunctionalInterface
  interface Pull {
    float[] pull(float[] outputGradient);
  }

  private final Deque<Pull> pulls = new ArrayDeque<>();

  void push(Pull pull) {
    pulls.push(pull);
  }

  /// All the way back.
  float[] pull(float[] outputGradient) {
    float[] gradient = outputGradient;
    for (Pull pull : pulls) {
      gradient = pull.pull(gradient);
    }
    return gradient;
  }
}

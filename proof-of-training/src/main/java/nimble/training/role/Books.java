package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;
import nimble.vm.ClipFactor;
import nimble.vm.Evidence.MicroBatch;
import nimble.vm.Losses;
import nimble.vm.StepGradient;

/// What one stage writes down during a round, and the roots over it.
final class Books {
  private final boolean last;
  private final EdgeLog left = new EdgeLog();
  private final EdgeLog right = new EdgeLog();
  private final List<Bytes> steps = new ArrayList<>();
  private final List<Integer> stepLosses = new ArrayList<>();
  private final List<Integer> losses = new ArrayList<>();
  private final List<Integer> validationLosses = new ArrayList<>();

  Books(boolean last) {
    this.last = last;
  }

  EdgeLog left() {
    return left;
  }

  EdgeLog right() {
    return right;
  }

  /// The last stage's output is its loss.
  void loss(int bits) {
    stepLosses.add(bits);
    right.down(MicroBatch.loss(bits));
  }

  /// The step's mean loss, on the last stage.
  OptionalInt trained(StepGradient gradient, ClipFactor factor) {
    OptionalInt mean = last ? OptionalInt.of(Losses.mean(stepLosses)) : OptionalInt.empty();
    steps.add(
        new StepLeaf.Trained(gradient.hash(), gradient.squareBits(), factor.bits(), lossHash())
            .encode());
    losses.addAll(stepLosses);
    stepDone();
    return mean;
  }

  void validated() {
    steps.add(new StepLeaf.Validated(lossHash()).encode());
    validationLosses.addAll(stepLosses);
    stepDone();
  }

  RoundResult roots(int round, Hash stateAfter) {
    return new RoundResult(
        round,
        stateAfter,
        Merkle.root(steps),
        left.root(),
        right.root(),
        mean(losses),
        mean(validationLosses));
  }

  void clear() {
    left.clear();
    right.clear();
    steps.clear();
    stepLosses.clear();
    losses.clear();
    validationLosses.clear();
  }

  private Optional<Hash> lossHash() {
    return last ? Optional.of(StepLeaf.losses(stepLosses)) : Optional.empty();
  }

  private void stepDone() {
    stepLosses.clear();
    left.stepDone();
    right.stepDone();
  }

  private static OptionalInt mean(List<Integer> bits) {
    return bits.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Losses.mean(bits));
  }
}

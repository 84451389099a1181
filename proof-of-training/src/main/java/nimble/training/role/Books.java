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

/// What one stage writes down during a round, and the roots over it (R9, R12).
final class Books {
  private final boolean last;
  private final EdgeLog left = new EdgeLog();
  private final EdgeLog right = new EdgeLog();
  private final List<StepLeaf> steps = new ArrayList<>();
  private final List<BlobName> edges = new ArrayList<>();
  private final List<Integer> stepLosses = new ArrayList<>();
  private final List<Integer> losses = new ArrayList<>();
  private final List<Integer> validationLosses = new ArrayList<>();
  private Blob.Builder gradients = new Blob.Builder();

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

  /// The last tensor of a step has crossed its edge: all of them, to be kept. Nothing when this
  /// stage has no neighbours.
  Optional<Blob> crossed(int microBatches) {
    List<Bytes> tensors = new ArrayList<>();
    for (int i = 0; i < microBatches; i++) {
      tensors.addAll(left.tensors(i));
      if (!last) {
        tensors.addAll(right.tensors(i));
      }
    }
    Blob blob = Blob.of(tensors);
    edges.add(blob.name());
    return tensors.isEmpty() ? Optional.empty() : Optional.of(blob);
  }

  /// The step's mean loss, on the last stage.
  OptionalInt trained(StepGradient gradient, ClipFactor factor) {
    OptionalInt mean = last ? OptionalInt.of(Losses.mean(stepLosses)) : OptionalInt.empty();
    steps.add(
        new StepLeaf.Trained(gradient.hash(), gradient.squareBits(), factor.bits(), lossHash()));
    gradients.add(gradient.encoded());
    losses.addAll(stepLosses);
    stepDone();
    return mean;
  }

  void validated() {
    steps.add(new StepLeaf.Validated(lossHash()));
    validationLosses.addAll(stepLosses);
    stepDone();
  }

  /// The round is over.
  ///
  /// @param start where it began; empty for round 0
  /// @param end where it ends
  Outcome.Rounded close(int round, Optional<BlobName> start, StateBlob end) {
    Blob all = gradients.build();
    List<Integer> lossBits = new ArrayList<>(losses);
    lossBits.addAll(validationLosses);
    RoundIndex index =
        new RoundIndex(
            start,
            all.name(),
            edges,
            steps,
            left.leaves(),
            right.leaves(),
            last ? lossBits : List.of());
    return new Outcome.Rounded(roots(round, end.root()), index, all, end);
  }

  private RoundResult roots(int round, Hash stateAfter) {
    return new RoundResult(
        round,
        stateAfter,
        Merkle.root(steps.stream().map(StepLeaf::encode).toList()),
        left.root(),
        right.root(),
        mean(losses),
        mean(validationLosses));
  }

  void clear() {
    left.clear();
    right.clear();
    steps.clear();
    edges.clear();
    stepLosses.clear();
    losses.clear();
    validationLosses.clear();
    gradients = new Blob.Builder();
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

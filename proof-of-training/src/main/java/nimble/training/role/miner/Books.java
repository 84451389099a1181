package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import nimble.blob.Blob;
import nimble.crypto.Merkle;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.Norms;
import nimble.training.role.evidence.RoundIndex;
import nimble.training.role.evidence.RoundResult;
import nimble.training.role.evidence.StateBlob;
import nimble.training.role.evidence.StepLeaf;
import nimble.types.Hash;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.Losses;
import nimble.vm.training.StepGradient;

/// What one stage writes down during a round, and the roots over it (R9, R12).
final class Books {
  private final boolean last;
  private final EdgeLog left = new EdgeLog();
  private final EdgeLog right = new EdgeLog();
  private final List<StepLeaf> steps = new ArrayList<>();
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

  /// The last stage's output is its loss, which the leaf of its step commits to.
  void loss(int bits) {
    stepLosses.add(bits);
  }

  /// The last tensor of a step has crossed its edge: all of them, to be kept.
  List<Blob> crossed() {
    return Stream.concat(left.tensors(), right.tensors()).toList();
  }

  /// The step is taken.
  ///
  /// @param norms that all stages announced
  Outcome.Stepped trained(StepGradient gradient, Norms norms, ClipFactor factor) {
    OptionalInt mean = last ? OptionalInt.of(Losses.mean(stepLosses)) : OptionalInt.empty();
    Blob blob = Blob.of(gradient.encoded());
    steps.add(new StepLeaf.Trained(blob.id(), norms, factor.bits(), lossHash()));
    losses.addAll(stepLosses);
    stepDone(Optional.of(norms));
    return new Outcome.Stepped(mean, blob);
  }

  void validated() {
    steps.add(new StepLeaf.Validated(lossHash()));
    validationLosses.addAll(stepLosses);
    stepDone(Optional.empty());
  }

  /// The round is over.
  ///
  /// @param start where it began; empty for round 0
  /// @param end where it ends
  Outcome.Rounded close(int round, Optional<BlobName> start, StateBlob end) {
    List<Integer> lossBits = new ArrayList<>(losses);
    lossBits.addAll(validationLosses);
    RoundIndex index =
        new RoundIndex(start, steps, left.leaves(), right.leaves(), last ? lossBits : List.of());
    return new Outcome.Rounded(roots(round, end.root()), index, end);
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
    stepLosses.clear();
    losses.clear();
    validationLosses.clear();
  }

  private Optional<Hash> lossHash() {
    return last ? Optional.of(StepLeaf.losses(stepLosses)) : Optional.empty();
  }

  private void stepDone(Optional<Norms> norms) {
    stepLosses.clear();
    left.stepDone(norms);
    right.stepDone(norms);
  }

  private static OptionalInt mean(List<Integer> bits) {
    return bits.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Losses.mean(bits));
  }
}

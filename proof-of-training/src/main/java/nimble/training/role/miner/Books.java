package nimble.training.role.miner;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import nimble.blob.Blob;
import nimble.check.Invariant;
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

/// What one stage writes down during a round, and the roots over it (R9, R12). Writing is hashing,
/// and nobody waits for it but the round's end: until then pages lie here unwritten.
final class Books {
  /// What is written at once: a fraction of a millisecond, for a tensor may come meanwhile.
  private static final long WRITTEN_AT_ONCE_BYTES = 512 << 10;

  /// @param trained of a training step
  private record Step(Optional<Trained> trained, Optional<Hash> losses) {
    StepLeaf leaf() {
      return trained
          .<StepLeaf>map(
              it -> new StepLeaf.Trained(it.gradient.id(), it.norms, it.factorBits, losses))
          .orElseGet(() -> new StepLeaf.Validated(losses));
    }
  }

  private record Trained(Page gradient, Norms norms, int factorBits) {}

  private final boolean last;
  private final Queue<Page> unwritten = new ArrayDeque<>();
  private final EdgeLog left = new EdgeLog(unwritten);
  private final EdgeLog right = new EdgeLog(unwritten);
  private final List<Step> steps = new ArrayList<>();
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

  /// The step is taken.
  ///
  /// @param norms that all stages announced
  Outcome.Stepped trained(StepGradient gradient, Norms norms, ClipFactor factor) {
    OptionalInt mean = last ? OptionalInt.of(Losses.mean(stepLosses)) : OptionalInt.empty();
    Page page = new Page(gradient.encoded());
    unwritten.add(page);
    losses.addAll(stepLosses);
    stepDone(Optional.of(new Trained(page, norms, factor.bits())));
    return new Outcome.Stepped(mean);
  }

  void validated() {
    validationLosses.addAll(stepLosses);
    stepDone(Optional.empty());
  }

  /// Some of what is unwritten, in the order in which it came.
  Outcome.WrittenUp writeUp() {
    List<Blob> blobs = new ArrayList<>();
    long bytes = 0;
    while (!unwritten.isEmpty() && bytes < WRITTEN_AT_ONCE_BYTES) {
      Page page = unwritten.remove();
      bytes += page.size();
      blobs.add(page.write());
    }
    return new Outcome.WrittenUp(blobs, unwritten.isEmpty());
  }

  /// The round is over, and all is written.
  ///
  /// @param start where it began; empty for round 0
  /// @param end where it ends
  Outcome.Rounded close(int round, Optional<BlobName> start, StateBlob end) {
    Invariant.check(unwritten.isEmpty(), "%d pages are not written", unwritten.size());
    List<Integer> lossBits = new ArrayList<>(losses);
    lossBits.addAll(validationLosses);
    List<StepLeaf> leaves = steps.stream().map(Step::leaf).toList();
    RoundIndex index =
        new RoundIndex(start, leaves, left.leaves(), right.leaves(), last ? lossBits : List.of());
    return new Outcome.Rounded(roots(round, end.root(), leaves), index, end);
  }

  private RoundResult roots(int round, Hash stateAfter, List<StepLeaf> leaves) {
    return new RoundResult(
        round,
        stateAfter,
        Merkle.root(leaves.stream().map(StepLeaf::encode).toList()),
        left.root(),
        right.root(),
        mean(losses),
        mean(validationLosses));
  }

  void clear() {
    unwritten.clear();
    left.clear();
    right.clear();
    steps.clear();
    stepLosses.clear();
    losses.clear();
    validationLosses.clear();
  }

  private void stepDone(Optional<Trained> trained) {
    Optional<Hash> lossHash = last ? Optional.of(StepLeaf.losses(stepLosses)) : Optional.empty();
    steps.add(new Step(trained, lossHash));
    stepLosses.clear();
    Optional<Norms> norms = trained.map(Trained::norms);
    left.stepDone(norms);
    right.stepDone(norms);
  }

  private static OptionalInt mean(List<Integer> bits) {
    return bits.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Losses.mean(bits));
  }
}

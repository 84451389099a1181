package nimble.training.role.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.crypto.Merkle;
import nimble.training.RoundRoots;
import nimble.types.Hash;

/// Whether an index is that of a round that a stage committed to.
final class IndexCheck {
  private final RoundIndex index;
  private final RoundShape shape;
  private Optional<String> first = Optional.empty();

  IndexCheck(RoundIndex index, RoundShape shape) {
    this.index = index;
    this.shape = shape;
  }

  Optional<String> problem(int firstStep, RoundRoots committed) {
    unless(index.start().isPresent() == firstStep > 0, "presence of the start state");
    index
        .start()
        .ifPresent(blob ->
            unless(blob.bytes() == CheckpointBlob.bytes(shape.stage()), "size of the start state"));
    unless(counts() && kinds(), "number or kind of steps");
    if (first.isEmpty()) {
      roots(committed);
      unless(!shape.stage().last() || losses(), "loss");
    }
    return first;
  }

  private boolean counts() {
    int microBatches = shape.steps() * shape.microBatches();
    return index.steps().size() == shape.steps()
        && index.left().size() == (shape.stage().first() ? 0 : microBatches)
        && index.right().size() == (shape.stage().last() ? 0 : microBatches)
        && index.lossBits().size() == (shape.stage().last() ? microBatches : 0);
  }

  private boolean kinds() {
    boolean fine = true;
    for (int step = 0; step < shape.steps(); step++) {
      boolean trains = shape.trains(step);
      StepLeaf leaf = index.steps().get(step);
      fine &= trains ? hasNorms(leaf) : leaf instanceof StepLeaf.Validated;
      fine &= leaf.losses().isPresent() == shape.stage().last();
      for (int i = step * shape.microBatches(); i < (step + 1) * shape.microBatches(); i++) {
        fine &= shape.stage().first() || index.left().get(i).up().isPresent() == trains;
        fine &= shape.stage().last() || index.right().get(i).up().isPresent() == trains;
      }
    }
    return fine;
  }

  private boolean hasNorms(StepLeaf leaf) {
    return leaf instanceof StepLeaf.Trained(var _, Norms norms, var _, var _)
        && norms.bits().size() == shape.depth();
  }

  private void roots(RoundRoots committed) {
    Hash steps = Merkle.root(index.steps().stream().map(StepLeaf::encode).toList());
    unless(steps.equals(committed.stepsRoot()), "root of the steps");
    unless(edge(index.left()).equals(committed.leftRoot()), "root of the left edge");
    unless(edge(index.right()).equals(committed.rightRoot()), "root of the right edge");
  }

  private Hash edge(List<EdgeLeaf> leaves) {
    int microBatches = shape.microBatches();
    List<StepLeaf> steps = index.steps();
    List<EdgeLeaf> noted = new ArrayList<>();
    for (int step = 0; step < steps.size() && !leaves.isEmpty(); step++) {
      List<EdgeLeaf> crossed = leaves.subList(step * microBatches, (step + 1) * microBatches);
      noted.addAll(crossed);
      if (steps.get(step) instanceof StepLeaf.Trained(var _, Norms norms, var _, var _)
          && crossed.getFirst().up().isPresent()) {
        noted.add(EdgeLeaf.note(norms));
      }
    }
    return EdgeLeaf.root(noted);
  }

  /// Each loss is in its step's leaf.
  private boolean losses() {
    List<Integer> bits = index.lossBits();
    boolean fine = true;
    for (int step = 0; step < shape.steps(); step++) {
      int from = step * shape.microBatches();
      List<Integer> ofStep = bits.subList(from, from + shape.microBatches());
      fine &= index.steps().get(step).losses().equals(Optional.of(StepLeaf.losses(ofStep)));
    }
    return fine;
  }

  private void unless(boolean right, String what) {
    if (!right && first.isEmpty()) {
      first = Optional.of("the %s does not fit".formatted(what));
    }
  }
}

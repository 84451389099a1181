package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.training.role.evidence.EdgeLeaf;
import nimble.training.role.evidence.Norms;
import nimble.types.Hash;

/// The tensors that crossed one edge in a round. Both sides of an edge keep the same log: forwards
/// what went down, backwards what came up (R9).
final class EdgeLog {
  /// @param norms of a training step
  private record Step(List<Page> down, List<Page> up, Optional<Norms> norms) {
    Step {
      down = List.copyOf(down);
      up = List.copyOf(up);
    }

    /// One per micro-batch.
    Stream<EdgeLeaf> leaves() {
      List<EdgeLeaf> leaves = new ArrayList<>();
      for (int i = 0; i < down.size(); i++) {
        Optional<Hash> back = i < up.size() ? Optional.of(up.get(i).id()) : Optional.empty();
        leaves.add(new EdgeLeaf(down.get(i).id(), back));
      }
      return leaves.stream();
    }

    /// Where something came back one more, for the norms.
    Stream<EdgeLeaf> noted() {
      return Stream.concat(leaves(), norms.filter(_ -> !up.isEmpty()).map(EdgeLeaf::note).stream());
    }
  }

  private final Queue<Page> unwritten;
  private final List<Step> steps = new ArrayList<>();
  private final List<Page> down = new ArrayList<>();
  private final List<Page> up = new ArrayList<>();

  /// @param unwritten where its pages wait to be written
  EdgeLog(Queue<Page> unwritten) {
    this.unwritten = unwritten;
  }

  void down(Bytes tensor) {
    down.add(page(tensor));
  }

  void up(Bytes tensor) {
    up.add(page(tensor));
  }

  private Page page(Bytes tensor) {
    Page page = new Page(tensor);
    unwritten.add(page);
    return page;
  }

  /// @param norms of a training step
  void stepDone(Optional<Norms> norms) {
    steps.add(new Step(down, up, norms));
    down.clear();
    up.clear();
  }

  /// Step by step, micro-batches in order; all pages are written.
  List<EdgeLeaf> leaves() {
    return steps.stream().flatMap(Step::leaves).toList();
  }

  Hash root() {
    return EdgeLeaf.root(steps.stream().flatMap(Step::noted).toList());
  }

  void clear() {
    steps.clear();
    down.clear();
    up.clear();
  }
}

package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.training.role.evidence.EdgeLeaf;
import nimble.training.role.evidence.Norms;
import nimble.types.Hash;

/// The tensors that crossed one edge in a round, by their names, and those of the present step
/// themselves. Both sides of an edge keep the same log: forwards what went down, backwards what
/// came up (R9).
final class EdgeLog {
  private final List<EdgeLeaf> leaves = new ArrayList<>();
  private final List<EdgeLeaf> noted = new ArrayList<>();
  private final List<Blob> down = new ArrayList<>();
  private final List<Blob> up = new ArrayList<>();

  void down(Bytes tensor) {
    down.add(Blob.of(tensor));
  }

  void up(Bytes tensor) {
    up.add(Blob.of(tensor));
  }

  /// All that crossed in the present step.
  Stream<Blob> tensors() {
    return Stream.concat(down.stream(), up.stream());
  }

  /// A leaf per micro-batch; where something came back one more, for the norms.
  ///
  /// @param norms of a training step
  void stepDone(Optional<Norms> norms) {
    int before = leaves.size();
    for (int i = 0; i < down.size(); i++) {
      Optional<Hash> back = i < up.size() ? Optional.of(up.get(i).id()) : Optional.empty();
      leaves.add(new EdgeLeaf(down.get(i).id(), back));
    }
    noted.addAll(leaves.subList(before, leaves.size()));
    norms.filter(_ -> !up.isEmpty()).map(EdgeLeaf::note).ifPresent(noted::add);
    down.clear();
    up.clear();
  }

  /// Step by step, micro-batches in order.
  List<EdgeLeaf> leaves() {
    return List.copyOf(leaves);
  }

  Hash root() {
    return EdgeLeaf.root(noted);
  }

  void clear() {
    leaves.clear();
    noted.clear();
    down.clear();
    up.clear();
  }
}

package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// The tensors that crossed one edge in a round, by their names, and those of the present step
/// themselves. Both sides of an edge keep the same log: forwards what went down, backwards what
/// came up (R9).
final class EdgeLog {
  private final List<EdgeLeaf> leaves = new ArrayList<>();
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

  /// A leaf per micro-batch.
  void stepDone() {
    for (int i = 0; i < down.size(); i++) {
      Optional<Hash> back = i < up.size() ? Optional.of(up.get(i).id()) : Optional.empty();
      leaves.add(new EdgeLeaf(down.get(i).id(), back));
    }
    down.clear();
    up.clear();
  }

  /// Step by step, micro-batches in order.
  List<EdgeLeaf> leaves() {
    return List.copyOf(leaves);
  }

  Hash root() {
    return root(leaves);
  }

  static Hash root(List<EdgeLeaf> leaves) {
    return Merkle.root(leaves.stream().map(EdgeLeaf::encode).toList());
  }

  void clear() {
    leaves.clear();
    down.clear();
    up.clear();
  }
}

package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// The tensors that crossed one edge in a round, as hashes of the exact bytes, and those of the
/// present step themselves. Both sides of an edge keep the same log: forwards what went down,
/// backwards what came up (R9).
final class EdgeLog {
  private final List<EdgeLeaf> leaves = new ArrayList<>();
  private final List<Bytes> down = new ArrayList<>();
  private final List<Bytes> up = new ArrayList<>();

  void down(Bytes tensor) {
    down.add(tensor);
  }

  void up(Bytes tensor) {
    up.add(tensor);
  }

  /// The tensors of a micro-batch of the present step.
  List<Bytes> tensors(int microBatch) {
    List<Bytes> tensors = new ArrayList<>();
    if (microBatch < down.size()) {
      tensors.add(down.get(microBatch));
    }
    if (microBatch < up.size()) {
      tensors.add(up.get(microBatch));
    }
    return tensors;
  }

  /// A leaf per micro-batch.
  void stepDone() {
    for (int i = 0; i < down.size(); i++) {
      Optional<Hash> back =
          i < up.size() ? Optional.of(EdgeLeaf.hash(up.get(i))) : Optional.empty();
      leaves.add(new EdgeLeaf(EdgeLeaf.hash(down.get(i)), back));
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

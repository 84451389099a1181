package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// The tensors that crossed one edge in a round, as hashes of the exact bytes. Both sides of an
/// edge keep the same log: forwards what went down, backwards what came up (R9).
final class EdgeLog {
  private final List<EdgeLeaf> leaves = new ArrayList<>();
  private final List<Hash> down = new ArrayList<>();
  private final List<Hash> up = new ArrayList<>();

  void down(Bytes tensor) {
    down.add(EdgeLeaf.hash(tensor));
  }

  void up(Bytes tensor) {
    up.add(EdgeLeaf.hash(tensor));
  }

  /// A leaf per micro-batch.
  void stepDone() {
    for (int i = 0; i < down.size(); i++) {
      leaves.add(
          new EdgeLeaf(down.get(i), i < up.size() ? Optional.of(up.get(i)) : Optional.empty()));
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

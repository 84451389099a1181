package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// The tensors that crossed one edge in a round, as hashes of the exact bytes. Both sides of an
/// edge keep the same log: forwards what went down, backwards what came up (R9).
final class EdgeLog {
  private final List<Bytes> leaves = new ArrayList<>();
  private final List<Hash> down = new ArrayList<>();
  private final List<Hash> up = new ArrayList<>();

  static Hash hash(Bytes tensor) {
    return Hashing.of("edge", tensor);
  }

  void down(Bytes tensor) {
    down.add(hash(tensor));
  }

  void up(Bytes tensor) {
    up.add(hash(tensor));
  }

  /// A leaf per micro-batch: `H(down) ‖ H(up)`, or `H(down)` alone where nothing comes up.
  void stepDone() {
    for (int i = 0; i < down.size(); i++) {
      Bytes leaf = down.get(i).bytes();
      leaves.add(i < up.size() ? Bytes.concat(leaf, up.get(i).bytes()) : leaf);
    }
    down.clear();
    up.clear();
  }

  Hash root() {
    return Merkle.root(leaves);
  }

  void clear() {
    leaves.clear();
    down.clear();
    up.clear();
  }
}

package nimble.storage;

import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.state.StateHash;
import nimble.types.Hash;

/// The commitment of rules R1 to R4, recomputed from scratch in the dumbest way.
final class ReferenceState {
  private ReferenceState() {}

  static Hash root(Map<Bytes, Bytes> state) {
    Map<Hash, Bytes> byPath = new TreeMap<>();
    state.forEach((key, value) -> byPath.put(StateHash.path(key), value));
    return root(List.copyOf(byPath.entrySet()), 0);
  }

  private static Hash root(List<Entry<Hash, Bytes>> leaves, int depth) {
    if (leaves.isEmpty()) {
      return StateHash.EMPTY;
    }
    if (leaves.size() == 1) {
      Entry<Hash, Bytes> leaf = leaves.getFirst();
      return StateHash.leaf(leaf.getKey(), StateHash.value(leaf.getValue()));
    }
    return StateHash.node(side(leaves, depth, 0), side(leaves, depth, 1));
  }

  private static Hash side(List<Entry<Hash, Bytes>> leaves, int depth, int bit) {
    return root(
        leaves.stream().filter(leaf -> StateHash.bit(leaf.getKey(), depth) == bit).toList(),
        depth + 1);
  }
}

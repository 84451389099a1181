package nimble.vm.reference;

import java.util.List;

/// The shape of one pass: `rows` of `length` new positions behind `past` earlier ones.
final class Frame {
  final int rows;
  final int length;
  final int past;

  /// Token ids of the new positions, on the first stage.
  final int[] ids;

  /// Keys and values of one attention layer after the other; empty when nothing is remembered.
  final List<Memory> memories;

  /// What each site of dropout is multiplied by; empty when nothing is left out.
  final List<float[]> factors;

  private int nextMemory;

  Frame(int rows, int length, int past, int[] ids, List<Memory> memories) {
    this(rows, length, past, ids, memories, List.of());
  }

  Frame(int rows, int length, int past, int[] ids, List<Memory> memories, List<float[]> factors) {
    this.rows = rows;
    this.length = length;
    this.past = past;
    this.ids = ids;
    this.memories = memories;
    this.factors = factors;
  }

  int positions() {
    return rows * length;
  }

  boolean remembers() {
    return !memories.isEmpty();
  }

  Memory nextMemory() {
    return memories.get(nextMemory++);
  }

  /// Queries, keys and values of the positions so far, as attention's projection gives them.
  static final class Memory {
    final float[] projected;

    Memory(int context, int packedWidth) {
      projected = new float[context * packedWidth];
    }
  }
}

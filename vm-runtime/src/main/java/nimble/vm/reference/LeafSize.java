package nimble.vm.reference;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import nimble.codec.Malformed;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TensorTree;
import nimble.vm.trace.TraceForm;

/// How many bytes open all operands of one number, at most: found by judging numbers that read most
/// on operands that are all zero.
public final class LeafSize {
  private static final int BLOCK_BYTES = TensorTree.BLOCK * Float.BYTES;
  private static final int HASH_BYTES = 32;

  /// Tensor, first block and two lengths.
  private static final int OPENING_BYTES = 4 * Integer.BYTES;

  private LeafSize() {}

  /// Of any number of a tensor that an operator gave.
  public static int most(TraceForm form, int tensor) {
    return elements(form, tensor).mapToInt(element -> of(form, tensor, element)).max().orElse(0);
  }

  /// Those that read most: a token's gradient reads the more the more often its id stands there, in
  /// attention the last query sees all keys, and the first key is seen by all queries.
  private static Stream<Integer> elements(TraceForm form, int tensor) {
    int last = form.tensor(tensor).count() - 1;
    if (form.tensor(tensor).rule().orElseThrow() instanceof Rule.AttendGradient rule) {
      int columns = form.tensor(tensor).columns();
      int end = (rule.shape().context() - 1) * columns;
      int all = rule.shape().all();
      return Stream.of(0, all, 2 * all, end, end + all, end + 2 * all);
    }
    if (form.tensor(tensor).rule().orElseThrow() instanceof Rule.Attend rule) {
      return Stream.of((rule.shape().context() - 1) * form.tensor(tensor).columns());
    }
    return List.of(0, last).stream();
  }

  private static int of(TraceForm form, int tensor, int element) {
    TreeMap<Integer, TreeSet<Integer>> read = new TreeMap<>();
    Operands zeros =
        (from, at) -> {
          read.computeIfAbsent(from, _ -> new TreeSet<>()).add(at / TensorTree.BLOCK);
          return 0;
        };
    try {
      new Referee(form, zeros).judge(tensor, element, 0);
    } catch (Malformed e) {
      throw new IllegalStateException("nothing is missing", e);
    }
    int bytes = 0;
    for (var blocks : read.entrySet()) {
      bytes += size(form.tensor(blocks.getKey()).count(), blocks.getValue());
    }
    return bytes;
  }

  /// Each run of blocks may begin in the middle of one: one block more.
  private static int size(int count, SortedSet<Integer> blocks) {
    int runs = 0;
    int before = -2;
    for (int block : blocks) {
      runs += block == before + 1 ? 0 : 1;
      before = block;
    }
    int depth = Integer.SIZE - Integer.numberOfLeadingZeros(TensorTree.blocks(count) - 1);
    return (blocks.size() + runs) * BLOCK_BYTES + runs * (OPENING_BYTES + 2 * depth * HASH_BYTES);
  }
}

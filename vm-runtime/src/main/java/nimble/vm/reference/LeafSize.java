package nimble.vm.reference;

import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
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
    return elements(form, tensor).map(element -> of(form, tensor, element)).max().orElse(0);
  }

  /// Those that read most: a token's gradient reads the more the more often its id stands there, in
  /// attention the last query sees all keys, and the first key is seen by all queries; a number in
  /// the middle of an image is in most windows.
  private static IntStream elements(TraceForm form, int tensor) {
    int columns = form.tensor(tensor).columns();
    int last = form.tensor(tensor).count() - 1;
    return switch (form.tensor(tensor).rule().orElseThrow()) {
      case Rule.AttendGradient(var of, int _, int first) -> {
        int end = (of.shape().context() - 1) * columns;
        int keys = of.shape().mixedWidth();
        yield IntStream.of(0, keys, keys + of.shape().sharedWidth())
            .map(part -> part - first)
            .filter(part -> part >= 0 && part < columns)
            .flatMap(part -> IntStream.of(part, end + part));
      }
      case Rule.Attend attend -> IntStream.of((attend.shape().context() - 1) * columns);
      case Rule.LargestGradient(int _, int _, var shape) ->
          IntStream.of(0, (shape.area() + shape.image().width()) / 2, last);
      default -> IntStream.of(0, last);
    };
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

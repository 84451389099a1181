package nimble.vm.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Layer;
import nimble.vm.trace.Rule.Heads;

/// Where each number of a copy comes from (O4).
public final class Copies {
  /// An element of a tensor; zero, of [Rule#NONE].
  public record Source(int tensor, int at) {
    public int bits(Operands operands) throws Malformed {
      return tensor == Rule.NONE ? 0 : operands.bits(tensor, at);
    }
  }

  private Copies() {}

  public static Source source(TraceForm form, int tensor, int at, Operands operands)
      throws Malformed {
    int columns = form.tensor(tensor).columns();
    int row = at / columns;
    int column = at % columns;
    return switch ((Rule.Copy) form.tensor(tensor).rule().orElseThrow()) {
      case Rule.Transpose(int x) -> new Source(x, column * form.tensor(x).columns() + row);
      case Rule.ByHeads(int x, int parts, Heads shape) ->
          new Source(x, sideBySide(shape, parts, row, column));
      case Rule.Pick(int x, int labels) -> {
        int classes = form.tensor(x).columns();
        int label = operands.bits(labels, at);
        yield label == Layer.Head.UNLABELLED
            ? new Source(Rule.NONE, 0)
            : new Source(x, at * classes + id(label, classes));
      }
      case Rule.Flat(List<Integer> parts) -> part(form, parts, at);
    };
  }

  static Bytes of(TraceForm form, int tensor, List<Bytes> values) {
    int count = form.tensor(tensor).count();
    ByteBuffer words = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    List<IntBuffer> known = values.stream().map(Trace::words).toList();
    Operands operands = (from, at) -> Trace.bits(known.get(from), at);
    try {
      for (int i = 0; i < count; i++) {
        Source source = source(form, tensor, i, operands);
        words.putInt(source.bits(operands));
      }
    } catch (Malformed e) {
      throw new IllegalStateException("copying " + form.tensor(tensor).name(), e);
    }
    return Bytes.wrap(words.array());
  }

  /// @throws Malformed when the id is none of `count`
  public static int id(int bits, int count) throws Malformed {
    if (bits < 0 || bits >= count) {
      throw new Malformed("id %d of %d".formatted(bits, count));
    }
    return bits;
  }

  private static int sideBySide(Heads shape, int parts, int row, int d) {
    int place = row % shape.context();
    int head = row / shape.context() % shape.heads();
    int batchRow = row / shape.context() / shape.heads() % shape.rows();
    int part = row / shape.context() / shape.heads() / shape.rows();
    int position = batchRow * shape.context() + place;
    return (position * parts + part) * shape.all() + head * shape.width() + d;
  }

  private static Source part(TraceForm form, List<Integer> parts, int at) {
    int rest = at;
    for (int part : parts) {
      int count = form.tensor(part).count();
      if (rest < count) {
        return new Source(part, rest);
      }
      rest -= count;
    }
    Invariant.check(false, "element %d of a flat tensor", at);
    return new Source(Rule.NONE, rest);
  }
}

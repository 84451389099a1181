package nimble.vm.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Dropout;
import nimble.vm.Layer;
import nimble.vm.Precision;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.trace.Rule.Heads;

/// Where each number of a copy comes from (O4).
public final class Copies {
  /// An element of a tensor, rounded to the precision; zero, of [Rule#NONE].
  private record Source(int tensor, int at, Precision precision) {
    static final Source ZERO = new Source(Rule.NONE, 0);

    Source(int tensor, int at) {
      this(tensor, at, Precision.FP32);
    }

    int bits(Operands operands) throws Malformed {
      if (tensor == Rule.NONE) {
        return 0;
      }
      return precision == Precision.FP32
          ? operands.bits(tensor, at)
          : Float.floatToRawIntBits(precision.rounded(operands.number(tensor, at)));
    }
  }

  private Copies() {}

  /// The four bytes of a number of a copy.
  public static int bits(TraceForm form, int tensor, int at, Operands operands) throws Malformed {
    return form.tensor(tensor).rule().orElseThrow() instanceof Rule.Drawn(int site)
        ? Float.floatToRawIntBits(Dropout.of(form.spec()).factor(site, form.draw(), at))
        : source(form, tensor, at, operands).bits(operands);
  }

  private static Source source(TraceForm form, int tensor, int at, Operands operands)
      throws Malformed {
    int columns = form.tensor(tensor).columns();
    int row = at / columns;
    int column = at % columns;
    return switch ((Rule.Copy) form.tensor(tensor).rule().orElseThrow()) {
      case Rule.Transpose(int x, int plane) -> {
        int from = column / plane * form.tensor(x).columns();
        yield new Source(x, from + row * plane + column % plane);
      }
      case Rule.ByHeads(int x, int first, int heads, Heads shape) ->
          new Source(x, sideBySide(form.tensor(x).columns(), first, heads, shape, row, column));
      case Rule.Patches(int x, Windows shape) -> seen(x, shape, row, column);
      case Rule.Folded(int dy, int channels, Windows shape) ->
          folded(dy, channels, shape, row, column);
      case Rule.Narrow(int x) -> new Source(x, at, Precision.BF16);
      case Rule.Pick(int x, int labels) -> {
        int classes = form.tensor(x).columns();
        int label = operands.bits(labels, at);
        yield label == Layer.Head.UNLABELLED
            ? Source.ZERO
            : new Source(x, at * classes + id(label, classes));
      }
      case Rule.Flat(List<Integer> parts) -> part(form, parts, at);
      case Rule.Drawn _ -> throw new IllegalStateException("no number of another tensor");
    };
  }

  static Bytes of(TraceForm form, int tensor, List<Bytes> values) {
    if (form.tensor(tensor).rule().orElseThrow() instanceof Rule.Drawn(int site)) {
      return LittleEndian.ofFloats(Dropout.of(form.spec()).factors(site, form.draw()));
    }
    int count = form.tensor(tensor).count();
    ByteBuffer words = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    List<IntBuffer> known = values.stream().map(Trace::words).toList();
    Operands operands = (from, at) -> Trace.bits(known.get(from), at);
    try {
      for (int i = 0; i < count; i++) {
        words.putInt(bits(form, tensor, i, operands));
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

  private static int sideBySide(
      int columns, int first, int heads, Heads shape, int row, int column) {
    int place = row % shape.context();
    int head = row / shape.context() % heads;
    int position = row / shape.context() / heads * shape.context() + place;
    return position * columns + first + head * shape.width() + column;
  }

  private static Source seen(int x, Windows shape, int row, int column) {
    int at = shape.seen(row % shape.plane(), column % shape.places());
    int channel = column / shape.places();
    int image = row / shape.plane() * shape.image().channels() + channel;
    return at == Rule.NONE ? Source.ZERO : new Source(x, image * shape.area() + at);
  }

  private static Source folded(int dy, int channels, Windows shape, int row, int column) {
    int window = shape.window(row % shape.area(), column % shape.places());
    int image = row / shape.area() * channels + column / shape.places();
    return window == Rule.NONE ? Source.ZERO : new Source(dy, image * shape.plane() + window);
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
    return Source.ZERO;
  }
}

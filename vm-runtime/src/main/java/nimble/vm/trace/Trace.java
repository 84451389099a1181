package nimble.vm.trace;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Hash;
import nimble.vm.Layout;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.FrozenTensor;
import nimble.vm.tensor.LittleEndian;

/// A traced pass: all tensors and their trees. Takes several times the memory of a pass.
public final class Trace implements Operands {
  private final TraceForm form;
  private final List<Bytes> values;
  private final List<IntBuffer> words;
  private final List<TensorTree> trees;

  private Trace(TraceForm form, List<Bytes> values) {
    this.form = form;
    this.values = List.copyOf(values);
    words = values.stream().map(Trace::words).toList();
    trees = values.stream().map(TensorTree::of).toList();
  }

  /// @param form of the micro-batch
  /// @param given all weights ([#weights])
  /// @param other the output's gradient or labels; empty where the form takes none
  /// @param computed what a [TraceProgram] gave for the same input
  public static Trace of(
      TraceForm form, List<Bytes> given, Bytes input, Bytes other, List<Bytes> computed) {
    List<Bytes> values = new ArrayList<>(given);
    values.add(input);
    if (form.other() != Rule.NONE) {
      values.add(other);
    }
    return completed(form, values, computed);
  }

  /// Of a stage that has no base.
  public static Trace of(
      TraceForm form, Floats weights, Bytes input, Bytes other, List<Bytes> computed) {
    return of(form, weights(form.spec(), weights, StageBase.NONE), input, other, computed);
  }

  /// All weights in the order in which layers use them, what is frozen as every machine decodes it.
  public static List<Bytes> weights(StageSpec spec, Floats weights, StageBase base) {
    Iterator<FrozenTensor> frozen = base.tensors().iterator();
    return Layout.walk(spec).stream()
        .map(tensor ->
            tensor.frozen()
                ? LittleEndian.ofFloats(frozen.next().values())
                : weights.bytes(tensor.offset(), tensor.count()))
        .toList();
  }

  private static Trace completed(TraceForm form, List<Bytes> values, List<Bytes> computed) {
    Iterator<Bytes> next = computed.iterator();
    for (int i = form.given(); i < form.tensors().size(); i++) {
      TraceTensor tensor = form.tensor(i);
      values.add(tensor.computed() ? next.next() : Copies.of(form, i, values));
    }
    for (int i = 0; i < values.size(); i++) {
      TraceTensor tensor = form.tensor(i);
      Invariant.check(
          values.get(i).size() == tensor.count() * Float.BYTES,
          "%s has %d bytes",
          tensor.name(),
          values.get(i).size());
    }
    return new Trace(form, values);
  }

  /// The same with another tensor in one place and copies made anew, as somebody would have it that
  /// does not say what was computed.
  public Trace with(int number, Bytes other) {
    List<Bytes> computed = new ArrayList<>();
    form.computed().forEach(i -> computed.add(i == number ? other : values.get(i)));
    List<Bytes> given = new ArrayList<>(values.subList(0, form.given()));
    return completed(form, given, computed);
  }

  public TraceForm form() {
    return form;
  }

  public Bytes value(int tensor) {
    return values.get(tensor);
  }

  public TensorTree tree(int tensor) {
    return trees.get(tensor);
  }

  /// Of all tensors, by number.
  public List<Hash> roots() {
    return trees.stream().map(TensorTree::root).toList();
  }

  /// The root over tensors' roots (O2).
  public static Hash root(List<Hash> roots) {
    return Merkle.root(items(roots));
  }

  /// What [#root] is made of; the list that [Merkle#path] takes.
  public static List<Bytes> items(List<Hash> roots) {
    List<Bytes> items = new ArrayList<>();
    for (int i = 0; i < roots.size(); i++) {
      items.add(item(i, roots.get(i)));
    }
    return items;
  }

  public static Bytes item(int number, Hash root) {
    return Writer.encode(writer -> root.write(writer.u32(number)));
  }

  @Override
  public int bits(int tensor, int at) throws Malformed {
    return bits(words.get(tensor), at);
  }

  static IntBuffer words(Bytes value) {
    return value.asBuffer().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
  }

  static int bits(IntBuffer words, int at) throws Malformed {
    if (at < 0 || at >= words.limit()) {
      throw new Malformed("element %d of %d".formatted(at, words.limit()));
    }
    return words.get(at);
  }
}

package nimble.vm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.Layer;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;

/// A row that grows; keys and values lie in tensors of the model's context.
final class DjlDecode implements DecodeSession {
  private final DjlProgram program;
  private final StageSpec spec;
  private final NDManager manager;
  private final NDList memories = new NDList();
  private final Floats input;
  private int length;

  DjlDecode(DjlProgram program, NDManager manager) {
    this.program = program;
    this.manager = manager;
    spec = program.spec();
    input = Floats.zeros(spec.model().context() * spec.inWidth());
    spec.layers().forEach(this::remember);
    if (memories.isEmpty()) {
      // A list argument needs an element.
      add(new Shape(1));
    }
  }

  @Override
  public Bytes append(Bytes bytes) {
    int more = bytes.size() / Float.BYTES / spec.inWidth();
    Invariant.check(
        more >= 1 && length + more <= spec.model().context(), "%d + %d positions", length, more);
    boolean tokens = spec.takesTokens();
    Shape shape = tokens ? new Shape(1, more) : new Shape(1, more, spec.inWidth());
    DataType type = tokens ? DataType.INT32 : DataType.FLOAT32;
    try (NDManager call = manager.newSubManager()) {
      NDArray x = Tensors.of(call, input, bytes, shape, type);
      NDList arguments = new NDList(x, call.create(length));
      NDArray y = program.decode(arguments, memories);
      length += more;
      return Tensors.bytes(y);
    }
  }

  /// Of [#append] with rows beside it: where the new position stands.
  int grow() {
    Invariant.check(length < spec.model().context(), "%d positions and one more", length);
    return length++;
  }

  NDList memories() {
    return memories;
  }

  boolean isOf(DjlProgram other) {
    return program == other;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void close() {
    manager.close();
    input.close();
  }

  private void remember(Layer layer) {
    switch (layer) {
      case Layer.CausalAttention a ->
          add(new Shape(1, a.heads(), spec.model().context(), a.headWidth()));
      case Layer.GroupedAttention a ->
          add(new Shape(1, a.kvHeads(), spec.model().context(), a.headWidth()));
      case Layer.Residual(var body) -> body.forEach(this::remember);
      case Layer.Embedding _,
          Layer.LayerNorm _,
          Layer.RmsNorm _,
          Layer.Linear _,
          Layer.Activation _,
          Layer.FeedForward _,
          Layer.GatedFeedForward _,
          Layer.Conv2d _,
          Layer.Pool _,
          Layer.Head _ -> {}
    }
  }

  private void add(Shape shape) {
    memories.add(Tensors.named(manager.zeros(shape), "k[]"));
    memories.add(Tensors.named(manager.zeros(shape), "v[]"));
  }
}

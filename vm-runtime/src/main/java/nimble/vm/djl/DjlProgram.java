package nimble.vm.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.stream.IntStream;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.Draw;
import nimble.vm.Dropout;
import nimble.vm.Layout;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

/// A loaded module, its weights and its gradients.
final class DjlProgram implements StageProgram {
  private final StageSpec spec;
  private final Model model;
  private final PtSymbolBlock block;
  private final Floats gradient;
  private final Inputs inputs;
  private final Dropout dropout;
  private final Floats other;
  private final Floats positions;
  private final NDManager manager;
  private final Mirror weights;
  private final Mirror gradients;
  private final List<NDArray> tables;

  DjlProgram(StageSpec spec, Place place, Model model, Floats weights, StageBase base) {
    this.spec = spec;
    this.model = model;
    block = (PtSymbolBlock) model.getBlock();
    manager = model.getNDManager();
    Layout layout = Layout.of(spec);
    gradient = Floats.zeros(layout.count());
    dropout = Dropout.of(spec);
    int drawn = 0;
    for (int site = 0; site < dropout.sites(); site++) {
      drawn = Math.addExact(drawn, Math.multiplyExact(spec.positions(), dropout.width(site)));
    }
    inputs = new Inputs(Math.addExact(spec.inputBytes() / Float.BYTES, drawn));
    int otherBytes = spec.last() ? spec.labelBytes() : spec.outputBytes();
    other = Floats.zeros(otherBytes / Float.BYTES);
    positions = Floats.zeros(ROWS_TOGETHER_MAX * spec.inWidth());
    this.weights = new Mirror(place, model, layout, weights, "p[]", true);
    gradients = new Mirror(place, model, layout, gradient, "g[]", false);
    tables = Tables.arrays(spec, manager, base);
  }

  @Override
  public StageSpec spec() {
    return spec;
  }

  @Override
  public Bytes infer(Bytes input) {
    Floats memory = inputs.take();
    try (NDManager call = manager.newSubManager()) {
      return Tensors.bytes(run("forward", false, new NDList(input(call, memory, input))).get(0));
    } finally {
      inputs.give(memory);
    }
  }

  @Override
  public Tape forward(Bytes input, Draw draw) {
    Floats memory = inputs.take();
    NDManager call = manager.newSubManager();
    NDArray x = input(call, memory, input);
    NDList factors = factors(call, memory, draw);
    if (StageText.isStreamed(spec)) {
      NDList outputs = run("down", true, joined(new NDList(x), factors));
      NDList taken = new NDList(x);
      taken.addAll(outputs.subList(0, outputs.size() - 1));
      DjlTape tape = new DjlTape(call, taken, factors, outputs.getLast(), inputs, memory);
      tape.y.close();
      return tape;
    }
    String method = factors.isEmpty() ? "forward" : "dropped";
    NDArray y = run(method, true, joined(new NDList(leaf(x)), factors)).get(0);
    return new DjlTape(call, new NDList(x), factors, y, inputs, memory);
  }

  @Override
  public Bytes backward(Tape tape, Bytes outputGradient) {
    try (DjlTape open = (DjlTape) tape) {
      NDArray dy = other(open.manager, outputGradient, spec.outWidth(), DataType.FLOAT32);
      NDList arguments = new NDList();
      if (StageText.isStreamed(spec)) {
        arguments.add(dy);
        open.taken.forEach(x -> arguments.add(Tensors.named(x, "x[]")));
        arguments.addAll(open.factors);
      } else {
        arguments.add(Tensors.named(open.y, "y"));
        arguments.add(dy);
        arguments.addAll(open.taken);
      }
      return inputGradient(run("pull", true, arguments).get(0));
    }
  }

  @Override
  public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
    Floats memory = inputs.take();
    try (NDManager call = manager.newSubManager()) {
      NDArray x = leaf(input(call, memory, input));
      NDList arguments = new NDList(x, labels(call, labels), call.create(scale));
      NDList results = run("train", true, joined(arguments, factors(call, memory, draw)));
      return new LossGradient(bits(results.get(0)), inputGradient(results.get(1)));
    } finally {
      inputs.give(memory);
    }
  }

  @Override
  public int loss(Bytes input, Bytes labels) {
    Floats memory = inputs.take();
    try (NDManager call = manager.newSubManager()) {
      NDList arguments = new NDList(input(call, memory, input), labels(call, labels));
      return bits(run("loss", false, arguments).get(0));
    } finally {
      inputs.give(memory);
    }
  }

  @Override
  public Floats gradient() {
    gradients.fetch();
    return gradient;
  }

  @Override
  public DecodeSession decode() {
    return new DjlDecode(this, manager.newSubManager());
  }

  @Override
  public List<Bytes> append(List<DecodeSession> rows, List<Bytes> inputs) {
    if (rows.size() < 2) {
      return StageProgram.super.append(rows, inputs);
    }
    NDList memories = new NDList();
    int[] places = new int[rows.size()];
    for (int i = 0; i < places.length; i++) {
      DjlDecode row = (DjlDecode) rows.get(i);
      Invariant.check(row.isOf(this), "another program's row");
      memories.addAll(row.memories());
      places[i] = row.grow();
    }
    Bytes input = Bytes.concat(inputs.toArray(Bytes[]::new));
    Invariant.check(
        input.size() == places.length * spec.inWidth() * Float.BYTES,
        "%d bytes for %d positions",
        input.size(),
        places.length);
    boolean tokens = spec.takesTokens();
    Shape shape =
        tokens ? new Shape(places.length, 1) : new Shape(places.length, 1, spec.inWidth());
    DataType type = tokens ? DataType.INT32 : DataType.FLOAT32;
    try (NDManager call = manager.newSubManager()) {
      NDArray x = Tensors.of(call, positions, input, shape, type);
      NDList arguments = new NDList(x, call.create(places));
      Bytes all = Tensors.bytes(call("together", false, arguments, memories).get(0));
      int each = all.size() / places.length;
      return IntStream.range(0, places.length)
          .mapToObj(i -> all.slice(i * each, (i + 1) * each))
          .toList();
    }
  }

  @Override
  public void close() {
    model.close();
    inputs.close();
    other.close();
    positions.close();
    gradient.close();
  }

  NDArray decode(NDList arguments, NDList memories) {
    return call("decode", false, arguments, memories).get(0);
  }

  private NDList run(String method, boolean graph, NDList arguments) {
    if (!method.equals("pull") && !method.equals("train")) {
      return call(method, graph, arguments, List.of());
    }
    NDList results = call(method, graph, arguments, gradients.current());
    gradients.written();
    return results;
  }

  /// One native call; results belong to the manager of the first argument (D4).
  private NDList call(
      String method, boolean graph, NDList arguments, List<? extends NDArray> more) {
    NDList all = new NDList(arguments);
    all.addAll(weights.current());
    all.addAll(more);
    all.addAll(tables);
    NDManager call = arguments.getFirst().getManager();
    all.add(Tensors.named(call.create(0f), "module_method:" + method));
    // Both are settings of the calling thread.
    JniUtils.setGradMode(graph);
    JniUtils.setGraphExecutorOptimize(false);
    return IValueUtils.forward(block, all, graph);
  }

  private NDArray input(NDManager call, Floats memory, Bytes bytes) {
    Invariant.check(bytes.size() == spec.inputBytes(), "%d bytes of input", bytes.size());
    DataType type = spec.takesTokens() ? DataType.INT32 : DataType.FLOAT32;
    return Tensors.of(call, memory, bytes, shape(spec.inWidth(), type), type);
  }

  /// What each site of dropout is multiplied by, in the memory behind the input.
  private NDList factors(NDManager call, Floats memory, Draw draw) {
    NDList factors = new NDList();
    int at = spec.inputBytes() / Float.BYTES;
    for (int site = 0; site < dropout.sites(); site++) {
      float[] drawn = dropout.factors(site, draw);
      memory.put(at, drawn, drawn.length);
      Shape shape = shape(dropout.width(site), DataType.FLOAT32);
      NDArray array = call.create(memory.view(at, drawn.length), shape, DataType.FLOAT32);
      factors.add(Tensors.named(array, "m[]"));
      at += drawn.length;
    }
    return factors;
  }

  private static NDList joined(NDList first, NDList second) {
    return new NDList(first).addAll(second);
  }

  private NDArray labels(NDManager call, Bytes bytes) {
    Invariant.check(bytes.size() == spec.labelBytes(), "%d bytes of labels", bytes.size());
    boolean ids = spec.model().head().labelsAreIds();
    return other(call, bytes, spec.outWidth(), ids ? DataType.INT32 : DataType.FLOAT32);
  }

  private NDArray other(NDManager call, Bytes bytes, int width, DataType type) {
    Invariant.check(
        bytes.size() == other.count() * Float.BYTES, "%d bytes of gradient", bytes.size());
    return Tensors.of(call, other, bytes, shape(width, type), type);
  }

  private Shape shape(int width, DataType type) {
    int context = spec.model().context();
    return type == DataType.INT32
        ? new Shape(spec.rows(), context)
        : new Shape(spec.rows(), context, width);
  }

  private NDArray leaf(NDArray x) {
    if (!spec.takesTokens()) {
      x.setRequiresGradient(true);
    }
    return x;
  }

  private Bytes inputGradient(NDArray array) {
    return spec.takesTokens() ? Bytes.EMPTY : Tensors.bytes(array);
  }

  private static int bits(NDArray scalar) {
    return LittleEndian.ints(Tensors.bytes(scalar))[0];
  }
}

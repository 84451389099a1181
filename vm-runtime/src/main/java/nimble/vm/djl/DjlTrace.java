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
import nimble.codec.Bytes;
import nimble.vm.Draw;
import nimble.vm.Dropout;
import nimble.vm.Layout;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceProgram;

/// One native call that gives all of a pass.
final class DjlTrace implements TraceProgram {
  private final TraceForm form;
  private final Model model;
  private final NDManager manager;
  private final Floats input;
  private final Floats other;
  private final Mirror weights;
  private final List<NDArray> tables;

  DjlTrace(TraceForm form, Place place, Model model, Floats weights, StageBase base) {
    this.form = form;
    this.model = model;
    manager = model.getNDManager();
    StageSpec spec = form.spec();
    input = Floats.zeros(spec.inputBytes() / Float.BYTES);
    other = Floats.zeros(form.other() < 0 ? 1 : form.tensor(form.other()).count());
    this.weights = new Mirror(place, model, Layout.of(spec), weights, "p[]", true);
    tables = Tables.arrays(spec, manager, base);
  }

  @Override
  public List<Bytes> run(Bytes given, Bytes with, Draw draw) {
    StageSpec spec = form.spec();
    try (NDManager call = manager.newSubManager()) {
      DataType type = spec.takesTokens() ? DataType.INT32 : DataType.FLOAT32;
      NDArray x = Tensors.of(call, input, given, shape(spec.inWidth(), type), type);
      x.setRequiresGradient(!spec.takesTokens());
      NDList all = new NDList(x, other(call, with), call.create(form.scale()));
      all.addAll(factors(call, draw));
      all.addAll(weights.current());
      all.addAll(tables);
      all.add(Tensors.named(call.create(0f), "module_method:trace"));
      JniUtils.setGradMode(true);
      JniUtils.setGraphExecutorOptimize(false);
      NDList results = IValueUtils.forward((PtSymbolBlock) model.getBlock(), all, true);
      return results.stream().map(Tensors::bytes).toList();
    }
  }

  @Override
  public void close() {
    model.close();
    input.close();
    other.close();
  }

  private NDList factors(NDManager call, Draw draw) {
    NDList factors = new NDList();
    Dropout dropout = Dropout.of(form.spec());
    for (int site = 0; form.trains() && site < dropout.sites(); site++) {
      Shape shape = shape(dropout.width(site), DataType.FLOAT32);
      factors.add(Tensors.named(call.create(dropout.factors(site, draw), shape), "m[]"));
    }
    return factors;
  }

  private NDArray other(NDManager call, Bytes bytes) {
    StageSpec spec = form.spec();
    if (bytes.isEmpty()) {
      return call.create(0f);
    }
    boolean ids = spec.last() && spec.model().head().labelsAreIds();
    DataType type = ids ? DataType.INT32 : DataType.FLOAT32;
    return Tensors.of(call, other, bytes, shape(spec.outWidth(), type), type);
  }

  private Shape shape(int width, DataType type) {
    int context = form.spec().model().context();
    return type == DataType.INT32
        ? new Shape(form.spec().rows(), context)
        : new Shape(form.spec().rows(), context, width);
  }
}

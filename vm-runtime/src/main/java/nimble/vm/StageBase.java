package nimble.vm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.FrozenTensor;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.PlainTensor;
import nimble.vm.tensor.Storage;

/// A stage's part of a [BaseModel] in memory: what stays as it is beside adapters, or, for a model
/// without adapters, the weights to begin with (L1, L2). Filled once, then only read; its owner
/// closes it after every program that was given it.
public final class StageBase implements AutoCloseable {
  /// Of stages without a base.
  public static final StageBase NONE = new StageBase(Storage.FP32, List.of(), BaseForm.FP32);

  private static final int RUN = 4096;

  private final Storage source;
  private final List<ParameterTensor> layout;
  private final List<FrozenTensor> tensors = new ArrayList<>();
  private int current;
  private int filled;

  private StageBase(Storage source, List<ParameterTensor> layout, BaseForm form) {
    this.source = source;
    this.layout = layout;
    layout.forEach(tensor -> tensors.add(FrozenTensor.zeros(tensor, form)));
  }

  /// All zeros: to be filled.
  ///
  /// @param source of the base's numbers
  public static StageBase of(StageSpec spec, Storage source) {
    BaseForm own = source == Storage.FP32 ? BaseForm.FP32 : BaseForm.BF16;
    BaseForm form = spec.model().lora().map(Lora::base).orElse(own);
    return new StageBase(source, Layout.base(spec).tensors(), form);
  }

  /// Of numbers that mean nothing, for programs that are only to be measured.
  public static StageBase patterned(StageSpec spec, Bytes seed) {
    StageBase base = of(spec, Storage.FP32);
    float[] pattern = Philox.of(seed, "base").normals(0, RUN, 0.02);
    while (!base.isComplete()) {
      int left = base.layout.get(base.current).count() - base.filled;
      base.put(pattern, Math.min(RUN, left));
    }
    return base;
  }

  public boolean isNone() {
    return layout.isEmpty();
  }

  /// All numbers are here.
  public boolean isComplete() {
    return current == layout.size();
  }

  /// In the order of [Layout#base].
  public List<FrozenTensor> tensors() {
    return List.copyOf(tensors);
  }

  /// The next of the stage's parts.
  ///
  /// @throws Malformed when it is more than the stage has, or not finite: then the base is of no
  ///   use
  public void take(Bytes part) throws Malformed {
    ByteBuffer bytes = part.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int numbers = part.size() / source.bytes();
    if (numbers * source.bytes() != part.size()) {
      throw new Malformed("%d bytes of %s".formatted(part.size(), source));
    }
    float[] run = new float[RUN];
    for (int at = 0; at < numbers; ) {
      if (isComplete()) {
        throw new Malformed("more numbers than the stage has");
      }
      int left = layout.get(current).count() - filled;
      int length = Math.min(RUN, Math.min(left, numbers - at));
      for (int i = 0; i < length; i++) {
        run[i] = PlainTensor.number(bytes, at + i, source);
        if (!Float.isFinite(run[i])) {
          throw new Malformed("%s is not finite".formatted(layout.get(current).name()));
        }
      }
      put(run, length);
      at += length;
    }
  }

  private void put(float[] numbers, int length) {
    tensors.get(current).put(numbers, length);
    filled += length;
    if (filled == layout.get(current).count()) {
      current++;
      filled = 0;
    }
  }

  /// Puts the base's numbers into weights of the same layout.
  public void copyTo(Floats weights) {
    Invariant.check(isComplete(), "%d of %d tensors", current, layout.size());
    for (int i = 0; i < layout.size(); i++) {
      weights.put(layout.get(i).offset(), tensors.get(i).values(), layout.get(i).count());
    }
  }

  /// What is nobody's needs no closing.
  @Override
  public void close() {
    tensors.forEach(FrozenTensor::close);
  }
}

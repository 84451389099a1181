package nimble.vm.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.vm.Layout;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;

/// A flat buffer as a program sees it, one tensor for each of the layout: on the CPU the buffer
/// itself (D3); elsewhere a copy in one piece, which is brought up to date when somebody needs it
/// and something has changed (D7).
final class Mirror {
  /// The method that every program needs for it.
  static final String TEXT =
      StageText.method(
          "copy", "to: Tensor, from: Tensor", "Tensor", "return torch.copy_(to, from)");

  private final Floats memory;
  private final List<NDArray> tensors = new ArrayList<>();
  private final Optional<Copy> copy;

  /// @param list under whose name the tensors are collected
  /// @param leaves whether gradients are taken by them
  Mirror(Place place, Model model, Layout layout, Floats memory, String list, boolean leaves) {
    this.memory = memory;
    NDManager manager = model.getNDManager();
    boolean apart = place.apart() && memory.count() > 0;
    copy = apart ? Optional.of(new Copy(model, memory)) : Optional.empty();
    for (ParameterTensor tensor : layout.tensors()) {
      Shape shape = new Shape(tensor.shape().stream().mapToLong(Integer::longValue).toArray());
      NDArray view =
          copy.isPresent()
              ? copy.get().view(tensor, shape)
              : manager.create(
                  memory.view(tensor.offset(), tensor.count()), shape, DataType.FLOAT32);
      if (leaves) {
        view.setRequiresGradient(true);
      }
      tensors.add(Tensors.named(view, list));
    }
  }

  /// The tensors, with what the memory has now.
  List<NDArray> current() {
    copy.ifPresent(it -> it.follow(memory));
    return tensors;
  }

  /// A call has written to the tensors.
  void written() {
    copy.ifPresent(it -> it.ahead = true);
  }

  /// Has the memory hold what calls have written.
  void fetch() {
    copy.ifPresent(Copy::fetch);
  }

  private static final class Copy {
    private final PtSymbolBlock block;
    private final NDArray there;
    private final NDArray here;
    private long seen = -1;
    private boolean ahead;

    Copy(Model model, Floats memory) {
      block = (PtSymbolBlock) model.getBlock();
      NDManager manager = model.getNDManager();
      Shape all = new Shape(memory.count());
      there = manager.zeros(all);
      here =
          manager
              .newSubManager(Device.cpu())
              .create(memory.view(0, memory.count()), all, DataType.FLOAT32);
    }

    NDArray view(ParameterTensor tensor, Shape shape) {
      int end = tensor.offset() + tensor.count();
      return there.get(new NDIndex().addSliceDim(tensor.offset(), end)).reshape(shape);
    }

    void follow(Floats memory) {
      if (seen != memory.changes()) {
        copy(there, here);
        seen = memory.changes();
      }
    }

    void fetch() {
      if (ahead) {
        copy(here, there);
        ahead = false;
      }
    }

    private void copy(NDArray to, NDArray from) {
      JniUtils.setGradMode(false);
      try (NDManager call = to.getManager().newSubManager();
          NDArray method = Tensors.named(call.create(0f), "module_method:copy");
          NDArray _ = IValueUtils.forward(block, new NDList(to, from, method), false).get(0)) {
        // What it gives is `to` again, under another handle.
      }
    }
  }
}

package nimble.vm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Floats;
import nimble.vm.Layout;
import nimble.vm.ParameterTensor;

/// Between our memory and the library's tensors.
final class Tensors {
  private Tensors() {}

  /// Views of a flat buffer, one a tensor of the layout, collected under one list's name (D3).
  static List<NDArray> views(
      NDManager manager, Layout layout, Floats memory, String list, boolean gradient) {
    List<NDArray> views = new ArrayList<>();
    for (ParameterTensor tensor : layout.tensors()) {
      long[] sizes = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
      NDArray view =
          manager.create(
              memory.view(tensor.offset(), tensor.count()), new Shape(sizes), DataType.FLOAT32);
      if (gradient) {
        view.setRequiresGradient(true);
      }
      views.add(named(view, list));
    }
    return views;
  }

  static NDArray named(NDArray array, String name) {
    array.setName(name);
    return array;
  }

  /// A tensor over the front of `memory`, which is filled from `bytes` and must outlive it.
  static NDArray of(NDManager manager, Floats memory, Bytes bytes, Shape shape, DataType type) {
    memory.putBytes(0, bytes);
    return manager.create(memory.view(0, bytes.size() / Float.BYTES), shape, type);
  }

  /// A copy of a contiguous tensor.
  static Bytes bytes(NDArray array) {
    return Bytes.copyOf(JniUtils.getByteBuffer((PtNDArray) array, true));
  }
}

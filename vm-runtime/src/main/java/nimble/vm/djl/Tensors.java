package nimble.vm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import nimble.codec.Bytes;
import nimble.vm.tensor.Floats;

/// Between our memory and the library's tensors.
final class Tensors {
  private Tensors() {}

  static NDArray named(NDArray array, String name) {
    array.setName(name);
    return array;
  }

  /// A tensor over the front of `memory`, which is filled from `bytes` and must outlive it; on a
  /// device a copy.
  static NDArray of(NDManager manager, Floats memory, Bytes bytes, Shape shape, DataType type) {
    memory.putBytes(0, bytes);
    return manager.create(memory.view(0, bytes.size() / Float.BYTES), shape, type);
  }

  /// A copy of a contiguous tensor.
  static Bytes bytes(NDArray array) {
    return Bytes.copyOf(JniUtils.getByteBuffer((PtNDArray) array, true));
  }
}

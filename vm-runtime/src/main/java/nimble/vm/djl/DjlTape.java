package nimble.vm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import nimble.codec.Bytes;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;

/// The library's graph of one micro-batch, which hangs on `y`; or, where nothing of it is kept,
/// what each layer took.
final class DjlTape implements Tape {
  final NDManager manager;
  final NDList taken;
  final NDList factors;
  final NDArray y;
  private final Bytes output;
  private final Inputs inputs;
  private final Floats memory;
  private boolean closed;

  /// @param factors of dropout
  DjlTape(
      NDManager manager, NDList taken, NDList factors, NDArray y, Inputs inputs, Floats memory) {
    this.manager = manager;
    this.taken = taken;
    this.factors = factors;
    this.y = y;
    this.inputs = inputs;
    this.memory = memory;
    output = Tensors.bytes(y);
  }

  @Override
  public Bytes output() {
    return output;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      manager.close();
      inputs.give(memory);
    }
  }
}

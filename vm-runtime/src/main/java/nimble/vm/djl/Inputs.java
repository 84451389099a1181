package nimble.vm.djl;

import java.util.ArrayDeque;
import java.util.Deque;
import nimble.vm.tensor.Floats;

/// Buffers for inputs in flight, and for the factors of dropout behind them, used again and again:
/// as many as there are open tapes.
final class Inputs implements AutoCloseable {
  private final int count;
  private final Deque<Floats> free = new ArrayDeque<>();

  Inputs(int count) {
    this.count = count;
  }

  Floats take() {
    return free.isEmpty() ? Floats.zeros(count) : free.pop();
  }

  void give(Floats memory) {
    free.push(memory);
  }

  @Override
  public void close() {
    free.forEach(Floats::close);
    free.clear();
  }
}

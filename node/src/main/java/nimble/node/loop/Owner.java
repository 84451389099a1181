package nimble.node.loop;

import java.util.List;

/// One state and what may happen to it (O1, O2).
public interface Owner<I> {
  int TURN_MAX = 256;

  /// Handles `inputs` in order. `nowMillis` is wall-clock time, milliseconds since 1970.
  void turn(long nowMillis, List<I> inputs);

  /// The end is near: what must not be cut off is finished now. Turns may follow, for a bounded
  /// time, until [#isIdle] (O4).
  default void stopping() {}

  default boolean isIdle() {
    return true;
  }

  /// After this no turn comes.
  default void stopped() {}
}

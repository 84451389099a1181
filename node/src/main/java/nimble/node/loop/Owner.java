package nimble.node.loop;

import java.util.List;

/// One state and what may happen to it (O1, O2).
public interface Owner<I> {
  int TURN_MAX = 256;

  /// Handles `inputs` in order. `nowMillis` is wall-clock time, milliseconds since 1970.
  void turn(long nowMillis, List<I> inputs);

  /// After this no turn comes.
  default void stopped() {}
}

package nimble.vm.trace;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// What layers give, and their way back.
///
/// @param y the output
/// @param back from its gradient to the input's; [Rule#NONE] of token ids
record Way(int y, IntUnaryOperator back) {
  int back(int dy) {
    return back.applyAsInt(dy);
  }

  Way then(Way next) {
    return new Way(next.y, dy -> back(next.back(dy)));
  }

  /// The input's gradients by each of several ways from it, the last way's first.
  static List<Integer> back(List<Way> ways, List<Integer> gradients) {
    return IntStream.range(0, ways.size())
        .map(i -> ways.size() - 1 - i)
        .mapToObj(i -> ways.get(i).back(gradients.get(i)))
        .toList();
  }
}

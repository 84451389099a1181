package nimble.vm.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a trace gives besides a stage's output (D6), noted while the stage is written: the values
/// of operators, and what the way back meets, operator by operator from the last to the first.
final class Marks {
  private final boolean kept;
  private final List<String> values = new ArrayList<>();
  private final List<List<String>> operands = new ArrayList<>();

  /// @param kept whether anybody wants them
  Marks(boolean kept) {
    this.kept = kept;
  }

  boolean kept() {
    return kept;
  }

  void value(String value) {
    values.add(value);
  }

  /// @param weights in the order in which the operator takes them; only those that are trained have
  ///   a gradient
  /// @param inputs that have one
  void operands(List<String> weights, List<String> inputs) {
    operands.add(
        Stream.concat(weights.stream().filter(Weights::isTrained), inputs.stream()).toList());
  }

  List<String> values() {
    return values;
  }

  /// What gradients are taken by.
  List<String> targets() {
    return operands.reversed().stream().flatMap(List::stream).toList();
  }
}

package nimble.vm.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import nimble.check.Invariant;
import nimble.vm.Layout;
import nimble.vm.StageSpec;
import nimble.vm.tensor.ParameterTensor;

/// The tensors of a form while it is written. Copies are there once, however many use them.
final class Draft {
  private final List<TraceTensor> tensors = new ArrayList<>();
  private final List<ParameterTensor> weights;
  private final SortedMap<Integer, Integer> gradients = new TreeMap<>();
  private int nextWeight;
  private String at = "";

  /// Begins with the stage's weights, frozen ones too.
  Draft(StageSpec spec) {
    weights = Layout.walk(spec);
    for (ParameterTensor tensor : weights) {
      int rows = tensor.shape().size() > 1 ? tensor.shape().getFirst() : 1;
      given(tensor.name(), rows, tensor.count() / rows);
    }
  }

  List<TraceTensor> tensors() {
    return tensors;
  }

  int count() {
    return tensors.size();
  }

  int columns(int tensor) {
    return tensors.get(tensor).columns();
  }

  int given(String name, int rows, int columns) {
    tensors.add(new TraceTensor(name, rows, columns, Optional.empty()));
    return tensors.size() - 1;
  }

  /// What a machine computes; where in the model it is made is part of its name.
  int add(String name, Rule rule, int rows, int columns) {
    tensors.add(new TraceTensor(at + " " + name, rows, columns, Optional.of(rule)));
    return tensors.size() - 1;
  }

  int copy(String name, Rule.Copy rule, int rows, int columns) {
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).rule().equals(Optional.of(rule))) {
        return i;
      }
    }
    return add(name, rule, rows, columns);
  }

  int transpose(int x) {
    TraceTensor tensor = tensors.get(x);
    return copy("transposed", new Rule.Transpose(x, 1), tensor.columns(), tensor.rows());
  }

  /// The weight that layers use next.
  int weight() {
    return nextWeight++;
  }

  /// [Rule#NONE] when it is not there.
  int weight(boolean present) {
    return present ? weight() : Rule.NONE;
  }

  /// Whether the weight that comes next is an adapter's.
  boolean adapterIsNext() {
    return nextWeight < weights.size() && weights.get(nextWeight).isAdapter();
  }

  boolean trained(int weight) {
    return weight != Rule.NONE && !weights.get(weight).frozen();
  }

  /// Of a weight, where it is trained.
  void gradient(int weight, String name, Supplier<Rule> rule) {
    if (trained(weight)) {
      TraceTensor shape = tensors.get(weight);
      gradients.put(weight, add(name, rule.get(), shape.rows(), shape.columns()));
    }
  }

  /// All gradients (O5), when every weight has been used.
  int flat(int count) {
    Invariant.check(nextWeight == weights.size(), "%d weights used", nextWeight);
    return add("gradient", new Rule.Flat(List.copyOf(gradients.values())), count, 1);
  }

  /// What is added meanwhile belongs to a place of the model.
  <T> T within(String place, Supplier<T> writing) {
    String outer = at;
    at = place;
    T result = writing.get();
    at = outer;
    return result;
  }

  /// The place for layer `index` of those that are written now.
  String inner(int index) {
    return at.isEmpty() ? Integer.toString(index) : at + "." + index;
  }

  String at() {
    return at;
  }
}

package nimble.vm.hf;

import java.util.Arrays;
import java.util.List;

/// Where a tensor of a model folder goes: its first `rows` rows (after transposing, where it is
/// kept the other way round) are those of a parameter.
///
/// @param tensor its name in the folder
/// @param shape it must have there
/// @param parameter as [nimble.vm.Layout] names it; empty for what only they have, which is zeros
record Placement(String tensor, List<Long> shape, String parameter, int rows, boolean transposed) {
  Placement {
    shape = List.copyOf(shape);
  }

  /// A vector, or a matrix as we have it.
  static Placement same(String tensor, String parameter, int... sides) {
    return front(tensor, parameter, sides[0], sides);
  }

  /// The first rows of a tensor.
  static Placement front(String tensor, String parameter, int rows, int... sides) {
    return new Placement(tensor, shape(sides), parameter, rows, false);
  }

  /// A matrix `[in, out]` whose transposed we have.
  static Placement turned(String tensor, String parameter, int in, int out) {
    return new Placement(tensor, shape(in, out), parameter, out, true);
  }

  static Placement zeros(String tensor, int... sides) {
    return new Placement(tensor, shape(sides), "", 0, false);
  }

  boolean isZeros() {
    return parameter.isEmpty();
  }

  long count() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /// Numbers in a row of the parameter.
  int columns() {
    return shape.size() == 1 ? 1 : Math.toIntExact(shape.get(transposed ? 0 : 1));
  }

  private static List<Long> shape(int... sides) {
    return Arrays.stream(sides).mapToObj(side -> (long) side).toList();
  }
}

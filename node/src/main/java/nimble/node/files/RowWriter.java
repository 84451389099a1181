package nimble.node.files;

import java.io.IOException;
import nimble.vm.ModelSpec;

/// Takes examples number by number, inputs before labels, each as the network reads it (F5).
interface RowWriter {
  /// The label, where it is the one that is asked for.
  int ASKED = -2;

  /// Whose rows these are.
  ModelSpec model();

  RowWriter number(double number);

  RowWriter id(int id);

  /// The row is whole.
  void end() throws Mistake, IOException;

  /// Rows without a label are taken too: [#ASKED], or not a number, stands in its place.
  default boolean takesUnlabelled() {
    return false;
  }

  /// What people call the row that comes next, where its number does not say it.
  default void named(String name) {}
}

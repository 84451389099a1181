package nimble.node.chain;

/// What became of checking a block against its parent.
sealed interface Verdict {
  record Valid(ExecutedBlock block) implements Verdict {}

  /// No honest leader makes this block.
  record Invalid(String reason) implements Verdict {}

  /// Not known yet: its parent is missing here, or its time has not come.
  record NotYet(String reason) implements Verdict {}
}

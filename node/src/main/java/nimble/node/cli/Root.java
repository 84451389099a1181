package nimble.node.cli;

import picocli.CommandLine.Model.CommandSpec;

/// The command that all others stand under; it knows the surroundings.
interface Root {
  Surroundings surroundings();

  static Surroundings surroundingsOf(CommandSpec command) {
    return command.root().userObject() instanceof Root root
        ? root.surroundings()
        : Surroundings.system();
  }
}

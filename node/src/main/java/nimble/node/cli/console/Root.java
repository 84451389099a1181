package nimble.node.cli.console;

import picocli.CommandLine.Model.CommandSpec;

/// The command that all others stand under; it knows the surroundings.
public interface Root {
  Surroundings surroundings();

  static Surroundings surroundingsOf(CommandSpec command) {
    return command.root().userObject() instanceof Root root
        ? root.surroundings()
        : Surroundings.system();
  }

  /// The name of the class that begins one more process of the same program.
  static String mainOf(CommandSpec command) {
    return command.root().userObject().getClass().getName();
  }
}

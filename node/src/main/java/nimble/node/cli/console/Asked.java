package nimble.node.cli.console;

import java.util.Optional;
import nimble.node.files.Mistake;

/// A value that was given as an option, or is typed now where somebody can.
public final class Asked {
  private Asked() {}

  /// @param option named where it is missing and nobody can be asked
  public static String orTyped(Output output, Optional<String> given, String option, String prompt)
      throws Mistake {
    if (given.isPresent()) {
      return given.get();
    }
    return output
        .surroundings()
        .terminal()
        .orElseThrow(() -> Mistake.of("%s is needed", option))
        .line(prompt)
        .strip();
  }
}

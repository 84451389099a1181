package nimble.node.cli.option;

import nimble.node.cli.console.Root;
import nimble.node.files.Mistake;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Asks before something that cannot be taken back, unless told not to or nobody is there.
public final class Confirm {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(names = "--yes", description = "Do it without asking.")
  private boolean yes;

  /// Fails where somebody is there and says no.
  public void ask(String question) throws Mistake {
    var terminal = Root.surroundingsOf(command).terminal();
    if (yes || terminal.isEmpty()) {
      return;
    }
    String answer = terminal.get().line(question + " [y/N] ");
    if (!answer.strip().equalsIgnoreCase("y") && !answer.strip().equalsIgnoreCase("yes")) {
      throw new Mistake("not done: you said no");
    }
  }
}

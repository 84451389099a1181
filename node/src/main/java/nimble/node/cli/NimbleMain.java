package nimble.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// The operator's command.
@Command(
    name = "nimble",
    description = "Runs nodes of a Nimble network.",
    subcommands = {VersionCommand.class, HelpCommand.class})
public final class NimbleMain {
  private NimbleMain() {}

  public static void main(String[] arguments) {
    System.exit(CommandRun.of(new NimbleMain(), arguments));
  }
}

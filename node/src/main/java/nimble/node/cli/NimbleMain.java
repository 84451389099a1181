package nimble.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// The operator's command.
@Command(
    name = "nimble",
    description = "Runs nodes of a Nimble network.",
    subcommands = {
      BenchCommand.class,
      ClassCommand.class,
      ConfigCommand.class,
      ConsensusCommand.class,
      CrashCommand.class,
      DatabaseCommand.class,
      DemoCommand.class,
      DevnetCommand.class,
      DoctorCommand.class,
      InitCommand.class,
      GenesisCommand.class,
      KeysCommand.class,
      NodeCommand.class,
      SimCommand.class,
      SnapshotCommand.class,
      VersionCommand.class,
      HelpCommand.class
    })
public final class NimbleMain implements Root {
  private final Surroundings surroundings;

  NimbleMain(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  public static void main(String[] arguments) {
    int code = CommandRun.of(new NimbleMain(Surroundings.system()), arguments);
    if (!StopSignal.received()) {
      System.exit(code);
    }
  }

  @Override
  public Surroundings surroundings() {
    return surroundings;
  }
}

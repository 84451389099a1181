package nimble.node.cli;

import nimble.node.cli.bench.BenchCommand;
import nimble.node.cli.bench.ClassCommand;
import nimble.node.cli.console.Root;
import nimble.node.cli.console.StopSignal;
import nimble.node.cli.console.Surroundings;
import nimble.node.cli.network.CrashCommand;
import nimble.node.cli.network.DemoCommand;
import nimble.node.cli.network.DevnetCommand;
import nimble.node.cli.network.GenesisCommand;
import nimble.node.cli.network.SimCommand;
import nimble.node.cli.node.ConfigCommand;
import nimble.node.cli.node.ConsensusCommand;
import nimble.node.cli.node.DatabaseCommand;
import nimble.node.cli.node.DoctorCommand;
import nimble.node.cli.node.InitCommand;
import nimble.node.cli.node.KeysCommand;
import nimble.node.cli.node.NodeCommand;
import nimble.node.cli.node.SnapshotCommand;
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

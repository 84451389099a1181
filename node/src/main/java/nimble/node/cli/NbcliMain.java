package nimble.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// The command of miners and developers.
@Command(
    name = "nbcli",
    description = "Wallets, stake, training jobs and models on a Nimble network.",
    subcommands = {
      WalletCommand.class,
      StakeCommand.class,
      MinerCommand.class,
      ValidatorCommand.class,
      JobCommand.class,
      RewardCommand.class,
      ModelCommand.class,
      ChainCommand.class,
      ClientConfigCommand.class,
      VerifyCommand.class,
      VersionCommand.class,
      HelpCommand.class
    })
public final class NbcliMain implements Root {
  private final Surroundings surroundings;

  NbcliMain(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  public static void main(String[] arguments) {
    int code = CommandRun.of(new NbcliMain(Surroundings.system()), arguments);
    if (!StopSignal.received()) {
      System.exit(code);
    }
  }

  @Override
  public Surroundings surroundings() {
    return surroundings;
  }
}

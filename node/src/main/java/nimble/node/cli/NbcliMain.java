package nimble.node.cli;

import nimble.node.cli.chain.ChainCommand;
import nimble.node.cli.chain.VerifyCommand;
import nimble.node.cli.console.Root;
import nimble.node.cli.console.StopSignal;
import nimble.node.cli.console.Surroundings;
import nimble.node.cli.job.JobCommand;
import nimble.node.cli.miner.MinerCommand;
import nimble.node.cli.model.ModelCommand;
import nimble.node.cli.stake.RewardCommand;
import nimble.node.cli.stake.StakeCommand;
import nimble.node.cli.stake.ValidatorCommand;
import nimble.node.cli.wallet.WalletCommand;
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

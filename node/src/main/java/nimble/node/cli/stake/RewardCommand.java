package nimble.node.cli.stake;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.LeaderWeightView;
import nimble.api.v1.MoneyEpochView;
import nimble.api.v1.MoneyEpochs;
import nimble.api.v1.RewardExplanation;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "reward",
    description = "Where earned NIM comes from.",
    subcommands = {RewardCommand.Explain.class, RewardCommand.History.class})
public final class RewardCommand {

  @Command(
      name = "explain",
      description = "Shows what an account earned, and every term of its newest rewards.")
  static final class Explain implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();
    @Mixin private final WalletOptions wallet = new WalletOptions();

    @Parameters(
        arity = "0..1",
        paramLabel = "ADDRESS",
        description = "Whose; without it the wallet's.")
    private Optional<String> address = Optional.empty();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        RewardExplanation told = client.rewards(wallet.owner(address, node.genesis(client)));
        output.document(Protos.json(told), new RewardWords(told, output.surroundings()).show());
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "history",
      description = {
        "Shows what the newest epochs handed out, and the leader weights that follow.",
        "Validators lead by stake alone: those weights are computed and shown."
      })
  static final class History implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        MoneyEpochs told = client.epochs();
        output.document(Protos.json(told), show(told));
        return ExitCode.DONE;
      }
    }

    private String show(MoneyEpochs told) {
      Table epochs =
          new Table("EPOCH", "ENDED", "BLOCKS", "FEES BURNED", "WORK", "LEADERS", "VALIDATORS");
      for (MoneyEpochView epoch : told.getEpochsList()) {
        epochs.row(
            epoch.getNumber(),
            Instant.ofEpochMilli(epoch.getEndedMillis()),
            epoch.getBlocks(),
            Amount.withUnit(epoch.getFees()),
            Amount.withUnit(epoch.getWorkEmission()),
            "of " + Amount.withUnit(epoch.getLeaders()),
            "of " + Amount.withUnit(epoch.getValidators()));
      }
      Table weights =
          new Table("VALIDATOR", "STAKE", "FEES OF ITS MINERS", "WORK", "LEADER WEIGHT");
      for (LeaderWeightView weight : told.getLeaderWeightsList()) {
        weights.row(
            weight.getAddress(),
            Amount.withUnit(weight.getStake()),
            Amount.withUnit(weight.getFees()),
            Amount.withUnit(weight.getWork()),
            Amount.withUnit(weight.getWeight()));
      }
      return "epoch %d runs, %s burned in it so far; the reward pool holds %s\n\n%s\n%s"
          .formatted(
              told.getRunning(),
              Amount.withUnit(told.getRunningFees()),
              Amount.withUnit(told.getRewardPool()),
              epochs.show(output.surroundings()),
              weights.show(output.surroundings()));
    }
  }
}

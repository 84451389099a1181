package nimble.node.cli.miner;

import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.MinerStage;
import nimble.api.v1.MinerView;
import nimble.api.v1.OfferView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Quantity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "status",
    description = "Shows a miner: registration, offer, bond, strikes, stages, what it earned.")
final class MinerStatus implements Callable<Integer> {
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
      MinerView view = client.miner(wallet.owner(address, node.genesis(client)));
      output.document(Protos.json(view), show(view));
      return ExitCode.DONE;
    }
  }

  private String show(MinerView view) {
    Table table = new Table("MINER", view.getAddress());
    if (view.getRegistered()) {
      table
          .row("name", view.getName())
          .row("hot key", view.getHotKey())
          .row("for validator", view.getValidator())
          .row("endpoint", view.getEndpoint().isEmpty() ? "cannot be dialled" : view.getEndpoint());
    } else {
      table.row("registered", "no: see `nbcli miner register --help`");
    }
    table
        .row("offer", view.hasOffer() ? words(view.getOffer()) : "none")
        .row("balance", Amount.withUnit(view.getBalance()))
        .row("bond (secures work)", Amount.withUnit(view.getBond()))
        .row("  locked by stages held", Amount.withUnit(view.getBondLocked()))
        .row("stake (votes)", Amount.withUnit(view.getStake()))
        .row("delegated (votes)", Amount.withUnit(view.getDelegated()))
        .row("vesting (to bond, votes)", Amount.withUnit(view.getVesting()))
        .row("unbonding (to balance)", Amount.withUnit(view.getUnbonding()))
        .row(
            "strikes",
            "%d; at %d it gets no stage".formatted(view.getStrikes(), view.getStrikesMax()))
        .row("earned in jobs below", Amount.withUnit(view.getEarned()));
    return table.show(output.surroundings()) + "\n" + stages(view);
  }

  private static String words(OfferView offer) {
    return "%s an hour for %s (%s), %s, %s operations/s"
        .formatted(
            Amount.withUnit(offer.getPricePerHour()),
            offer.getDeviceName(),
            offer.getDevice(),
            Quantity.showBytes(offer.getMemoryBytes()),
            Quantity.showCount(offer.getOperationsPerSecond()));
  }

  private String stages(MinerView view) {
    if (view.getStagesCount() == 0) {
      return "no stage yet\n";
    }
    Table table = new Table("JOB", "STAGE", "STATE", "LOCKED", "AUDITED", "SETTLED", "EARNED", "");
    for (MinerStage stage : view.getStagesList()) {
      table.row(
          stage.getJob() + " " + stage.getJobName(),
          stage.getStage(),
          stage.getJobState(),
          Amount.withUnit(stage.getBondLocked()),
          "%.1f %%".formatted(stage.getAuditRatePermille() / 10.0),
          stage.getRoundsSettled() + " rounds",
          Amount.withUnit(stage.getEarned()),
          stage.getStrikes() == 0 ? "" : stage.getStrikes() + " strikes");
    }
    return table.show(output.surroundings());
  }
}

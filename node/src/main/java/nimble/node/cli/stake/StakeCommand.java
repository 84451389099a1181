package nimble.node.cli.stake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.AccountView;
import nimble.api.v1.DelegationView;
import nimble.chain.StakeCall;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.cli.sending.AmountOptions;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "stake",
    description = "NIM that votes, and NIM that secures work.",
    subcommands = {
      StakeCommand.Add.class,
      StakeCommand.Remove.class,
      StakeDelegate.class,
      StakeUndelegate.class,
      StakeCommand.Show.class,
      StakeList.class
    })
public final class StakeCommand {

  @Command(name = "add", description = "Moves NIM from the balance to the wallet's own stake.")
  static final class Add extends SendingCommand {
    @Mixin private final AmountOptions amounts = new AmountOptions();

    @Override
    public Integer call() throws Exception {
      amounts.ask(output);
      try (Session session = open()) {
        long amount = amounts.ofBalance(session.sender(), new StakeCall.StakeAdd(0));
        session.confirm("Stake %s?".formatted(Amount.withUnit(amount)));
        return session.send(
            new StakeCall.StakeAdd(amount), amount, Amount.withUnit(amount) + " staked");
      }
    }
  }

  @Command(
      name = "remove",
      description = {
        "Takes NIM from bond and stake, free parts first; without --amount, all that is free.",
        "What a miner earned is mostly delegated: see `nbcli stake undelegate`.",
        "The wait of a validator's stake begins at the end of the next epoch: till then it votes."
      })
  static final class Remove extends SendingCommand {
    @Option(
        names = "--amount",
        paramLabel = "NIM",
        description = "How much, such as 12.5; without it all that is free.")
    private Optional<String> amount = Optional.empty();

    @Option(
        names = "--all",
        description = "All that is free, which is also what happens without --amount.")
    private boolean all;

    @Override
    public Integer call() throws Exception {
      try (Session session = open()) {
        AccountView account = session.sender().account();
        long free = account.getBond() - account.getBondLocked() + account.getStake();
        long removed =
            AmountOptions.given(all || amount.isEmpty(), amount).of(free, "free bond and stake");
        long wait = session.genesis().parameters().money().unbonding().millis() / 1_000;
        session.confirm(
            "Remove %s? It is in the balance after about %d seconds."
                .formatted(Amount.withUnit(removed), wait));
        return session.send(
            new StakeCall.StakeRemove(removed),
            0,
            "%s removed; in the balance after about %d seconds"
                .formatted(Amount.withUnit(removed), wait));
      }
    }
  }

  @Command(name = "show", description = "Shows bond, stake and what is on its way.")
  static final class Show implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();
    @Mixin private final WalletOptions wallet = new WalletOptions();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        String address = GenesisFile.form(node.genesis(client)).show(wallet.address());
        AccountView account = client.account(address);
        output.document(json(account), table(account).show(output.surroundings()));
        return ExitCode.DONE;
      }
    }

    private static ObjectNode json(AccountView account) {
      ObjectNode json =
          Json.object()
              .put("address", account.getAddress())
              .put("bond", Long.toString(account.getBond()))
              .put("bondLocked", Long.toString(account.getBondLocked()))
              .put("stake", Long.toString(account.getStake()))
              .put("unbonding", Long.toString(account.getUnbonding()))
              .put("vesting", Long.toString(account.getVesting()));
      for (DelegationView delegation : account.getDelegationsList()) {
        json.withArray("delegations")
            .addObject()
            .put("validator", delegation.getValidator())
            .put("worth", Long.toString(delegation.getWorth()))
            .put("earned", Long.toString(delegation.getEarned()));
      }
      return json;
    }

    private static Table table(AccountView account) {
      Table table =
          new Table("STAKE OF", account.getAddress())
              .row("stake (votes)", Amount.withUnit(account.getStake()))
              .row("bond (secures work)", Amount.withUnit(account.getBond()))
              .row("  locked by stages held", Amount.withUnit(account.getBondLocked()))
              .row("unbonding (to balance)", Amount.withUnit(account.getUnbonding()))
              .row("vesting (to bond, votes)", Amount.withUnit(account.getVesting()));
      for (DelegationView delegation : account.getDelegationsList()) {
        table
            .row("delegated to", delegation.getValidator())
            .row("  worth", Amount.withUnit(delegation.getWorth()))
            .row("  earned, not paid out yet", Amount.withUnit(delegation.getEarned()));
      }
      return table;
    }
  }
}

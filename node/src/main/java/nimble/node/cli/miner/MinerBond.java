package nimble.node.cli.miner;

import nimble.api.v1.AccountView;
import nimble.chain.MinerCall.BondAdd;
import nimble.chain.MinerCall.BondRemove;
import nimble.node.cli.sending.AmountOptions;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.files.Amount;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "bond",
    description = "NIM that secures work: a stage locks some, and false work loses it.",
    subcommands = {MinerBond.Add.class, MinerBond.Remove.class})
final class MinerBond {

  @Command(name = "add", description = "Moves NIM from the balance to the bond.")
  static final class Add extends SendingCommand {
    @Mixin private final AmountOptions amounts = new AmountOptions();

    @Override
    public Integer call() throws Exception {
      amounts.ask(output);
      try (Session session = open()) {
        long amount = amounts.ofBalance(session.sender(), new BondAdd(0));
        session.confirm("Add %s to the bond?".formatted(Amount.withUnit(amount)));
        return session.send(
            new BondAdd(amount), amount, Amount.withUnit(amount) + " added to the bond");
      }
    }
  }

  @Command(name = "remove", description = "Takes NIM from the free part of the bond.")
  static final class Remove extends SendingCommand {
    @Mixin private final AmountOptions amounts = new AmountOptions();

    @Override
    public Integer call() throws Exception {
      amounts.ask(output);
      try (Session session = open()) {
        AccountView account = session.sender().account();
        long amount = amounts.of(account.getBond() - account.getBondLocked(), "free bond");
        long wait = session.genesis().parameters().money().unbonding().millis() / 1_000;
        session.confirm("Remove %s from the bond?".formatted(Amount.withUnit(amount)));
        return session.send(
            new BondRemove(amount),
            0,
            "%s removed; in the balance after about %d seconds"
                .formatted(Amount.withUnit(amount), wait));
      }
    }
  }
}

package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.api.v1.AccountView;
import nimble.api.v1.TransactionView;
import nimble.chain.MinerCall.BondAdd;
import nimble.chain.MinerCall.BondRemove;
import nimble.genesis.Genesis;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "bond",
    description = "NIM that secures work: a stage locks some, and false work loses it.",
    subcommands = {MinerBond.Add.class, MinerBond.Remove.class})
final class MinerBond {

  @Command(name = "add", description = "Moves NIM from the balance to the bond.")
  static final class Add implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();
    @Mixin private final WalletOptions wallet = new WalletOptions();
    @Mixin private final Confirm confirm = new Confirm();
    @Mixin private final AmountOptions amounts = new AmountOptions();

    @Override
    public Integer call() throws Exception {
      amounts.ask(output);
      try (NodeClient client = node.connect()) {
        Sender sender = new Sender(client, node.genesis(client), wallet.unlock());
        long fee = sender.maxFee(new BondAdd(0));
        long amount = amounts.of(sender.account().getBalance() - fee, "balance beyond the fee");
        confirm.ask("Add %s to the bond?".formatted(Amount.withUnit(amount)));
        TransactionView done = sender.send(new BondAdd(amount), amount);
        Receipts.show(output, done, Amount.withUnit(amount) + " added to the bond");
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "remove", description = "Takes NIM from the free part of the bond.")
  static final class Remove implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();
    @Mixin private final WalletOptions wallet = new WalletOptions();
    @Mixin private final Confirm confirm = new Confirm();
    @Mixin private final AmountOptions amounts = new AmountOptions();

    @Override
    public Integer call() throws Exception {
      amounts.ask(output);
      try (NodeClient client = node.connect()) {
        Genesis genesis = node.genesis(client);
        Sender sender = new Sender(client, genesis, wallet.unlock());
        AccountView account = sender.account();
        long amount = amounts.of(account.getBond() - account.getBondLocked(), "free bond");
        long wait = genesis.parameters().money().unbonding().millis() / 1_000;
        confirm.ask("Remove %s from the bond?".formatted(Amount.withUnit(amount)));
        TransactionView done = sender.send(new BondRemove(amount), 0);
        Receipts.show(
            output,
            done,
            "%s removed; in the balance after about %d seconds"
                .formatted(Amount.withUnit(amount), wait));
        return ExitCode.DONE;
      }
    }
  }
}

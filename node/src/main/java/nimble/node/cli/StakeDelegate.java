package nimble.node.cli;

import java.util.concurrent.Callable;
import nimble.api.v1.TransactionView;
import nimble.chain.StakeCall.Delegate;
import nimble.genesis.Genesis;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "delegate",
    description = {
      "Lets NIM of the balance vote with a validator, and share what it earns and what it loses.",
      "Pays out what the delegation earned so far."
    })
final class StakeDelegate implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();
  @Mixin private final AmountOptions amounts = new AmountOptions();

  @Option(
      names = "--validator",
      required = true,
      paramLabel = "ADDRESS",
      description = "With whom it votes.")
  private String validator = "";

  @Override
  public Integer call() throws Exception {
    amounts.ask(output);
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      Address to = ValidatorOf.parse(genesis, validator);
      Sender sender = new Sender(client, genesis, wallet.unlock());
      long fee = sender.maxFee(new Delegate(to, 0));
      long amount = amounts.of(sender.account().getBalance() - fee, "balance beyond the fee");
      confirm.ask("Delegate %s to %s?".formatted(Amount.withUnit(amount), validator));
      TransactionView done = sender.send(new Delegate(to, amount), amount);
      Receipts.show(
          output,
          done,
          "%s delegated to %s; they vote from the epoch after the next"
              .formatted(Amount.withUnit(amount), validator));
      return ExitCode.DONE;
    }
  }
}

package nimble.node.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.TransactionView;
import nimble.chain.StakeCall.Undelegate;
import nimble.genesis.Genesis;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "undelegate",
    description = {
      "Takes delegated NIM back, and pays out what the delegation earned so far.",
      "It votes to the end of the next epoch; the wait begins there."
    })
final class StakeUndelegate implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();

  @Option(
      names = "--validator",
      required = true,
      paramLabel = "ADDRESS",
      description = "With whom it votes.")
  private String validator = "";

  @Option(
      names = "--amount",
      paramLabel = "NIM",
      description = "How much; 0 only pays out what was earned. Without it, all.")
  private Optional<String> amount = Optional.empty();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      Address from = ValidatorOf.parse(genesis, validator);
      Sender sender = new Sender(client, genesis, wallet.unlock());
      long worth = worth(sender);
      long taken = amount.isEmpty() ? worth : Amount.parse("--amount", amount.get());
      if (taken > worth) {
        throw Mistake.of(
            "--amount must be at most %s, what is delegated to %s",
            Amount.withUnit(worth), validator);
      }
      confirm.ask("Take %s back from %s?".formatted(Amount.withUnit(taken), validator));
      TransactionView done = sender.send(new Undelegate(from, taken), 0);
      Receipts.show(
          output, done, "%s taken back from %s".formatted(Amount.withUnit(taken), validator));
      return ExitCode.DONE;
    }
  }

  private long worth(Sender sender) throws Exception {
    return sender.account().getDelegationsList().stream()
        .filter(delegation -> delegation.getValidator().equals(validator))
        .findFirst()
        .orElseThrow(() -> Mistake.of("nothing is delegated to %s", validator))
        .getWorth();
  }
}

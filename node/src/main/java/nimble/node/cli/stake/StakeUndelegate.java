package nimble.node.cli.stake;

import java.util.Optional;
import nimble.chain.StakeCall.Undelegate;
import nimble.node.cli.option.ValidatorOf;
import nimble.node.cli.sending.Sender;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "undelegate",
    description = {
      "Takes delegated NIM back, and pays out what the delegation earned so far.",
      "It votes to the end of the next epoch; the wait begins there."
    })
final class StakeUndelegate extends SendingCommand {
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
    try (Session session = open()) {
      Address from = ValidatorOf.parse(session.genesis(), validator);
      long worth = worth(session.sender());
      long taken = amount.isEmpty() ? worth : Amount.parse("--amount", amount.get());
      if (taken > worth) {
        throw Mistake.of(
            "--amount must be at most %s, what is delegated to %s",
            Amount.withUnit(worth), validator);
      }
      session.confirm("Take %s back from %s?".formatted(Amount.withUnit(taken), validator));
      return session.send(
          new Undelegate(from, taken),
          0,
          "%s taken back from %s".formatted(Amount.withUnit(taken), validator));
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

package nimble.node.cli.stake;

import nimble.chain.StakeCall.Delegate;
import nimble.node.cli.option.ValidatorOf;
import nimble.node.cli.sending.AmountOptions;
import nimble.node.cli.sending.SendingCommand;
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
final class StakeDelegate extends SendingCommand {
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
    try (Session session = open()) {
      Address to = ValidatorOf.parse(session.genesis(), validator);
      long amount = amounts.ofBalance(session.sender(), new Delegate(to, 0));
      session.confirm("Delegate %s to %s?".formatted(Amount.withUnit(amount), validator));
      return session.send(
          new Delegate(to, amount),
          amount,
          "%s delegated to %s; they vote from the epoch after the next"
              .formatted(Amount.withUnit(amount), validator));
    }
  }
}

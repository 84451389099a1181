package nimble.node.cli.sending;

import java.util.Optional;
import nimble.chain.Call;
import nimble.node.cli.console.Asked;
import nimble.node.cli.console.Output;
import nimble.node.client.ClientFailure;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import picocli.CommandLine.Option;

/// How much: an amount of NIM, or all there is.
public final class AmountOptions {
  @Option(names = "--amount", paramLabel = "NIM", description = "How much, such as 12.5.")
  private Optional<String> amount = Optional.empty();

  @Option(names = "--all", description = "All there is.")
  private boolean all;

  /// As if it was given by `--all` and `--amount`.
  public static AmountOptions given(boolean all, Optional<String> amount) throws Mistake {
    AmountOptions options = new AmountOptions();
    options.all = all;
    options.amount = amount;
    options.check();
    return options;
  }

  /// Completes what was given from the terminal, before anything else happens.
  public void ask(Output output) throws Mistake {
    check();
    if (!all && amount.isEmpty()) {
      if (output.surroundings().terminal().isEmpty()) {
        throw new Mistake("--amount or --all is needed");
      }
      String typed = Asked.orTyped(output, amount, "--amount", "Amount in NIM, or all: ");
      all = typed.equalsIgnoreCase("all");
      amount = all ? Optional.empty() : Optional.of(typed);
    }
    if (amount.isPresent()) {
      positive(Amount.parse("--amount", amount.get()));
    }
  }

  private void check() throws Mistake {
    if (all && amount.isPresent()) {
      throw new Mistake("--all and --amount exclude each other");
    }
  }

  /// @param most what there is
  /// @param what that is, for messages
  public long of(long most, String what) throws Mistake {
    if (all) {
      if (most <= 0) {
        throw Mistake.of("--all: there is no %s", what);
      }
      return most;
    }
    long given = positive(Amount.parse("--amount", amount.orElse("")));
    if (given > most) {
      throw Mistake.of(
          "--amount must be at most %s (%s), was %s",
          Amount.withUnit(Math.max(0, most)), what, Amount.withUnit(given));
    }
    return given;
  }

  /// Of a sender's balance, less the fee of a call like `draft`.
  public long ofBalance(Sender sender, Call draft) throws Mistake, ClientFailure {
    long fee = sender.maxFee(draft);
    return of(sender.account().getBalance() - fee, "balance beyond the fee");
  }

  private static long positive(long units) throws Mistake {
    if (units == 0) {
      throw new Mistake("--amount must be more than 0");
    }
    return units;
  }
}

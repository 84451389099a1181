package nimble.ledger;

import com.google.errorprone.annotations.FormatMethod;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import nimble.chain.Call;
import nimble.chain.JobCall;
import nimble.chain.MinerCall;
import nimble.chain.ModelCall;
import nimble.chain.MoneyCall;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall;
import nimble.codec.Bytes;
import nimble.types.Address;

/// What accounts ask. A rejection's writes are thrown away by the caller.
final class Calls {
  static final Outcome APPLIED = new Outcome.Applied(Optional.empty());

  private Calls() {}

  static Outcome apply(
      Overlay state, BlockContext context, Address sender, Call call, Rules rules) {
    return switch (call) {
      case MoneyCall.Transfer transfer -> transfer(state, sender, transfer);
      case StakeCall stake -> StakeCalls.apply(state, context, sender, stake, rules.offences());
      case MinerCall miner -> MinerCalls.apply(state, context, sender, miner);
      case JobCall job -> bounded(rules.jobs().apply(state, context, sender, job));
      case ModelCall model -> bounded(rules.jobs().apply(state, context, sender, model));
    };
  }

  /// Receipts are hashed: every machine must write a number alike, whatever its language.
  @FormatMethod
  static Outcome rejected(String format, Object... values) {
    return new Outcome.Rejected(String.format(Locale.ROOT, format, values));
  }

  private static Outcome transfer(Overlay state, Address sender, MoneyCall.Transfer transfer) {
    if (!Accounts.move(state, sender, transfer.to(), transfer.amount())) {
      return rejected(
          "transfers %d nim-units, the balance after the fee is %d",
          transfer.amount(), Accounts.get(state, sender).balance());
    }
    return APPLIED;
  }

  /// A receipt has room for so many bytes of a reason; cuts between characters.
  private static Outcome bounded(Outcome outcome) {
    if (!(outcome instanceof Outcome.Rejected(String reason))) {
      return outcome;
    }
    Bytes whole = Bytes.utf8(reason);
    if (whole.size() <= Receipt.REASON_MAX) {
      return outcome;
    }
    int end = Receipt.REASON_MAX;
    while ((whole.at(end) & 0xc0) == 0x80) {
      end--;
    }
    ByteBuffer cut = whole.slice(0, end).asBuffer();
    return new Outcome.Rejected(StandardCharsets.UTF_8.decode(cut).toString());
  }
}

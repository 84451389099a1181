package nimble.ledger;

import java.util.Optional;
import nimble.chain.Transaction;
import nimble.ledger.Refusal.BalanceTooLow;
import nimble.ledger.Refusal.Expired;
import nimble.ledger.Refusal.FeeTooLow;
import nimble.ledger.Refusal.OtherChain;
import nimble.ledger.Refusal.TooLarge;
import nimble.types.Address;
import nimble.types.ChainId;

/// What a transaction must be to enter a block (L2), shared by the ledger and the mempool.
final class TransactionRules {
  private TransactionRules() {}

  static Optional<Refusal> size(int bytes) {
    return bytes > Transaction.BYTES_MAX
        ? Optional.of(new TooLarge(bytes, Transaction.BYTES_MAX))
        : Optional.empty();
  }

  static Optional<Refusal> stateless(Transaction.Unsigned body, ChainId chain, long nowMillis) {
    if (!body.chainId().equals(chain)) {
      return Optional.of(new OtherChain(body.chainId(), chain));
    }
    if (body.validUntilMillis() < nowMillis) {
      return Optional.of(new Expired(body.validUntilMillis(), nowMillis));
    }
    return Optional.empty();
  }

  /// Base fee and tip stay within the highest fee.
  static Optional<Refusal> fee(Transaction.Unsigned body, long weight, long baseFee) {
    long base = Fees.cost(baseFee, weight);
    long needed = base > Long.MAX_VALUE - body.tip() ? Long.MAX_VALUE : base + body.tip();
    return needed > body.maxFee()
        ? Optional.of(new FeeTooLow(body.maxFee(), needed))
        : Optional.empty();
  }

  static Optional<Refusal> balance(Address sender, long balance, long fees) {
    return balance < fees
        ? Optional.of(new BalanceTooLow(sender, balance, fees))
        : Optional.empty();
  }
}

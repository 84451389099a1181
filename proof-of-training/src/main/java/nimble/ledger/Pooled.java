package nimble.ledger;

import java.util.Comparator;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.types.Address;
import nimble.types.Hash;

/// A transaction in the pool, with what is asked of it often.
///
/// @param arrival its number in this pool
record Pooled(
    Transaction transaction, Hash id, Address sender, int bytes, long weight, long arrival) {
  /// Tip per weight, for a block's room is what a tip buys, best first; then the older.
  static final Comparator<Pooled> BY_PRIORITY = Pooled::compare;

  static Pooled of(Transaction transaction, PoolView view, long arrival) {
    Bytes encoded = transaction.encode();
    return new Pooled(
        transaction,
        transaction.id(),
        transaction.sender(),
        encoded.size(),
        Weights.of(encoded.size(), transaction.body().call(), view.parameters().block()),
        arrival);
  }

  Transaction.Unsigned body() {
    return transaction.body();
  }

  long nonce() {
    return body().nonce();
  }

  private static int compare(Pooled a, Pooled b) {
    int tips = compareTips(b, a);
    return tips != 0 ? tips : Long.compare(a.arrival, b.arrival);
  }

  private static int compareTips(Pooled a, Pooled b) {
    long tipA = a.body().tip();
    long tipB = b.body().tip();
    int high = Long.compare(Math.multiplyHigh(tipA, b.weight), Math.multiplyHigh(tipB, a.weight));
    return high != 0 ? high : Long.compareUnsigned(tipA * b.weight, tipB * a.weight);
  }
}

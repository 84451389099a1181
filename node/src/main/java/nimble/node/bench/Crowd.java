package nimble.node.bench;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.genesis.Parameters;

/// The senders' transfers in the order in which they are handed in: one of each sender, then the
/// next of each, so that a sender's earlier one is final long before.
final class Crowd {
  private static final long VALID_MILLIS = 3_600_000;
  private static final long MAX_FEE = 20 * Parameters.NIM;

  private final Cast cast;
  private final SplittableRandom random;
  private long next;

  Crowd(Cast cast) {
    this.cast = cast;
    this.random = new SplittableRandom(cast.seed().u64At(0));
  }

  /// Canonical bytes of the next `count`, signed beforehand: what clients spend on signing is not
  /// the network's.
  List<Bytes> next(int count) {
    long from = next;
    next += count;
    int size = cast.senders().size() - 1; // The last is the probe.
    int[] receivers = random.ints(count, 0, size).toArray();
    return IntStream.range(0, count)
        .parallel()
        .mapToObj(i -> {
          long number = from + i;
          SigningKey sender = cast.senders().get((int) (number % size));
          SigningKey receiver = cast.senders().get(receivers[i]);
          return transfer(sender, number / size, receiver).encode();
        })
        .toList();
  }

  Transaction transfer(SigningKey sender, long nonce, SigningKey receiver) {
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            cast.genesis().chain(),
            sender.publicKey(),
            nonce,
            System.currentTimeMillis() + VALID_MILLIS,
            MAX_FEE,
            0,
            new Transfer(AddressForm.addressOf(receiver.publicKey()), 1, Bytes.EMPTY));
    return new Transaction(body, sender.sign(body.preimage()));
  }
}

package nimble.micro;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;

/// A devnet with accounts that send to one another.
final class Fixture {
  static final long TIME_MILLIS = 1_790_000_000_000L;

  final List<SigningKey> senders;
  final Genesis genesis;

  Fixture(int accounts) {
    senders =
        IntStream.range(0, accounts)
            .parallel()
            .mapToObj(i -> SigningKey.fromSeed(Hashing.of("micro", Bytes.ofU64(i)).bytes()))
            .toList();
    Genesis few = Devnet.create(Bytes.ofU64(7), 4, 0, TIME_MILLIS, Parameters.devnet()).genesis();
    List<Genesis.GenesisAccount> all = new ArrayList<>(few.accounts());
    senders.forEach(key ->
        all.add(
            new Genesis.GenesisAccount(
                AddressForm.addressOf(key.publicKey()), 100 * Parameters.NIM, 0, 0)));
    genesis =
        new Genesis(
            few.chain(),
            few.prefix(),
            few.timeMillis(),
            few.beacon(),
            few.rewardPool(),
            few.parameters(),
            few.validators(),
            all);
  }

  /// The first of each of the first `count` senders.
  List<Transaction> transfers(int count) {
    return IntStream.range(0, count).mapToObj(this::transfer).toList();
  }

  private Transaction transfer(int index) {
    SigningKey sender = senders.get(index);
    SigningKey receiver = senders.get(index * 7 % senders.size());
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            genesis.chain(),
            sender.publicKey(),
            0,
            TIME_MILLIS + 3_600_000,
            Parameters.NIM,
            0,
            new Transfer(AddressForm.addressOf(receiver.publicKey()), 1, Bytes.EMPTY));
    return new Transaction(body, sender.sign(body.preimage()));
  }
}

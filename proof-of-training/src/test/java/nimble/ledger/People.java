package nimble.ledger;

import java.util.List;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.types.Address;

/// Accounts with their keys, the same in every run.
record People(SigningKey key, SigningKey hot, VoteSigningKey vote, Address address) {
  static final List<People> ALL = IntStream.range(0, 8).mapToObj(People::make).toList();

  /// The first is the validator and leader; the next three come with bond; then two rich ones; the
  /// last two own nothing.
  static final People VALIDATOR = ALL.get(0);

  static final People MINER = ALL.get(1);
  static final People OTHER_MINER = ALL.get(2);
  static final People DEVELOPER = ALL.get(4);
  static final People FRIEND = ALL.get(5);
  static final People POOR = ALL.get(6);

  private static People make(int index) {
    SigningKey key = SigningKey.fromSeed(seed("account", index));
    SigningKey hot = SigningKey.fromSeed(seed("hot", index));
    VoteSigningKey vote = VoteSigningKey.fromSeed(seed("vote", index));
    return new People(key, hot, vote, AddressForm.addressOf(key.publicKey()));
  }

  private static Bytes seed(String kind, int index) {
    return Hashing.of("test", Bytes.utf8(kind), Bytes.ofU64(index)).bytes();
  }
}

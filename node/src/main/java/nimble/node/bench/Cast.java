package nimble.node.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.genesis.BlockParameters;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.node.files.Entropy;

/// A network's validators and the accounts that send.
///
/// @param senders each with 1,000 NIM at genesis
record Cast(Bytes seed, int validators, List<SigningKey> senders, Genesis genesis) {
  private static final long SENDER_LIQUID = 1_000 * Parameters.NIM;

  /// Room for about 2,500 transfers in a block: half-full blocks are then no bottleneck, and the
  /// base fee stays low.
  private static final BlockParameters BLOCKS =
      new BlockParameters(2 * 1024 * 1024, 8_000_000, 1, 2_000, 10_000, Parameters.NIM / 10);

  Cast {
    senders = List.copyOf(senders);
  }

  /// Of keys that nobody has seen, beginning now.
  static Cast fresh(int validators, int accounts) {
    Bytes seed = Entropy.of(SigningKey.SEED_SIZE);
    long timeMillis = System.currentTimeMillis();
    List<SigningKey> senders =
        IntStream.range(0, accounts).parallel().mapToObj(i -> sender(seed, i)).toList();
    Genesis few = Devnet.create(seed, validators, 0, timeMillis, Parameters.devnet()).genesis();
    List<GenesisAccount> all = new ArrayList<>(few.accounts());
    senders.forEach(key ->
        all.add(new GenesisAccount(AddressForm.addressOf(key.publicKey()), SENDER_LIQUID, 0, 0)));
    Genesis genesis =
        new Genesis(
            few.chain(),
            few.prefix(),
            few.timeMillis(),
            few.beacon(),
            few.rewardPool(),
            few.parameters().with(BLOCKS),
            few.validators(),
            all);
    return new Cast(seed, validators, senders, genesis);
  }

  /// The validators of `genesis`, whose keys come from `seed`.
  static Devnet devnet(Bytes seed, int validators, Genesis genesis) {
    Devnet keys = Devnet.create(seed, validators, 0, genesis.timeMillis(), genesis.parameters());
    List<NodeKeys> none = List.of();
    return new Devnet(genesis, keys.validators(), none, keys.developer());
  }

  private static SigningKey sender(Bytes seed, int index) {
    return SigningKey.fromSeed(Hashing.of("bench-sender", seed, Bytes.ofU64(index)).bytes());
  }
}

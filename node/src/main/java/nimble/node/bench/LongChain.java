package nimble.node.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.Upkeep;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Replica;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.node.sim.Forge;
import nimble.storage.Database;
import nimble.types.Address;

/// A chain with many blocks and many accounts: every account is made by a signed transfer, the
/// blocks after these are empty. The same numbers give the same chain.
public final class LongChain {
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final int PAYERS = 2_000;

  /// Less than half of what a block holds, so that the base fee does not rise.
  private static final int TRANSFERS_PER_BLOCK = 500;

  private static final long FUNDS = 200 * Parameters.NIM;
  private static final long MAX_FEE = Parameters.NIM / 10;
  private static final long GIVEN = 1_000;
  private static final long VALID_MILLIS = 24 * 3_600_000L;

  private final Genesis genesis;
  private final NodeKeys validator;
  private final List<SigningKey> payers = new ArrayList<>();
  private final long accounts;
  private long made;

  public LongChain(long accounts) {
    this.accounts = accounts;
    Devnet devnet =
        Devnet.create(Bytes.utf8("long chain"), 1, 0, START_MILLIS, Parameters.devnet());
    this.validator = devnet.validators().getFirst();
    List<GenesisAccount> all = new ArrayList<>(devnet.genesis().accounts());
    for (int i = 0; i < PAYERS; i++) {
      SigningKey key = SigningKey.fromSeed(Hashing.of("payer", Bytes.ofU64(i)).bytes());
      payers.add(key);
      all.add(new GenesisAccount(AddressForm.addressOf(key.publicKey()), FUNDS, 0, 0));
    }
    Genesis base = devnet.genesis();
    this.genesis =
        new Genesis(
            base.chain(),
            base.prefix(),
            base.timeMillis(),
            base.beacon(),
            base.rewardPool(),
            base.parameters(),
            base.validators(),
            all);
  }

  public Genesis genesis() {
    return genesis;
  }

  public NodeKeys validator() {
    return validator;
  }

  /// Makes the chain from its beginning in an empty database.
  public void grow(Database database, long blocks, Upkeep upkeep) throws IOException {
    made = 0;
    try (Forge forge = new Forge(genesis, validator, database, upkeep, (node, _) -> submit(node))) {
      submit(forge.node());
      forge.growTo(blocks);
      if (made < accounts) {
        throw new IllegalStateException(
            "%d accounts need more than %d blocks".formatted(accounts, blocks));
      }
    }
  }

  /// Makes more blocks on the chain of a database, all of them empty.
  public void growOn(Database database, long blocks) throws IOException {
    try (Forge forge = new Forge(genesis, validator, database, Upkeep.FULL, (_, _) -> {})) {
      forge.growTo(new FinalizedChain(database).height() + blocks);
    }
  }

  private void submit(Node node) {
    long until = Math.min(accounts, made + TRANSFERS_PER_BLOCK);
    long timeMillis = node.chain().tip().timeMillis();
    for (; made < until; made++) {
      Transaction transaction = transfer(timeMillis);
      node.replica()
          .must(
              Replica.Input.Submitted.one(
                  transaction,
                  refused ->
                      refused.ifPresent(reason -> {
                        throw new IllegalStateException("a transfer was refused: " + reason);
                      })));
    }
  }

  private Transaction transfer(long timeMillis) {
    SigningKey payer = payers.get((int) (made % PAYERS));
    Address to =
        new Address(Hashing.of("account", Bytes.ofU64(made)).bytes().slice(0, Address.SIZE));
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            genesis.chain(),
            payer.publicKey(),
            made / PAYERS,
            timeMillis + VALID_MILLIS,
            MAX_FEE,
            0,
            new Transfer(to, GIVEN, Bytes.EMPTY));
    return new Transaction(body, payer.sign(body.preimage()));
  }
}

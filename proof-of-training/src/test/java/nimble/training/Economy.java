package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nimble.chain.Call;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.chain.Receipt.Outcome.Rejected;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Genesis.GenesisValidator;
import nimble.genesis.Parameters;
import nimble.ledger.Account;
import nimble.ledger.Accounts;
import nimble.ledger.Audit;
import nimble.ledger.BlockBuilder;
import nimble.ledger.BlockContext;
import nimble.ledger.Delegations;
import nimble.ledger.Elections;
import nimble.ledger.Ledger;
import nimble.ledger.Mempool;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.PoolLimits;
import nimble.ledger.PoolView;
import nimble.ledger.SignatureCheck;
import nimble.ledger.StateView;
import nimble.ledger.ViewVotes;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Signature;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;

/// A network of validators, miners and developers without consensus: the real ledger, job rules and
/// block builder. Everybody does their part at once, and all vote always. Leaders are elected as on
/// the chain, or take turns by the stake they began with, where luck would hide what is measured.
/// Signatures are not checked.
final class Economy {
  private static final ChainId CHAIN = new ChainId("economy");
  private static final Signature NONE = new Signature(Bytes.wrap(new byte[Signature.SIZE]));
  private static final SignatureCheck ANY = (key, preimage, signature) -> true;
  private static final long FEE = 10_000_000;
  private static final long BLOCK_MILLIS = 1_000;

  private final TreeMap<Bytes, Bytes> stored = new TreeMap<>();
  private final StateView state = key -> Optional.ofNullable(stored.get(key));
  private final Parameters parameters;
  private final TrainingRules rules;
  private final BlockBuilder builder;
  private final Honest honest;
  private final List<Address> validators;
  private final List<Long> stakes;
  private final long[] turns;
  private final boolean elects;
  private final TreeMap<Address, Integer> led = new TreeMap<>();
  private Hash seed = Hash.ZERO;
  private long viewNumber;
  private long height;
  private long timeMillis = 1_000_000;

  /// In which leaders take turns.
  ///
  /// @param accounts by index; the first ones with stake are the validators
  Economy(Parameters parameters, long pool, List<GenesisAccount> accounts, Honest honest) {
    this(parameters, pool, accounts, honest, false);
  }

  /// @param elects whether leaders are elected
  Economy(
      Parameters parameters,
      long pool,
      List<GenesisAccount> accounts,
      Honest honest,
      boolean elects) {
    this.elects = elects;
    this.parameters = parameters;
    this.rules = new TrainingRules(parameters.training());
    this.builder =
        new BlockBuilder(new Ledger(rules, ANY, (chain, first, second) -> Optional.empty()));
    this.honest = honest;
    List<GenesisValidator> genesisValidators = new ArrayList<>();
    List<Long> weights = new ArrayList<>();
    for (int i = 0; i < accounts.size() && accounts.get(i).stake() > 0; i++) {
      weights.add(accounts.get(i).stake());
      genesisValidators.add(
          new GenesisValidator(
              address(i),
              key(i),
              voteKey(i),
              new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE]))));
    }
    this.stakes = List.copyOf(weights);
    this.turns = new long[weights.size()];
    this.validators = genesisValidators.stream().map(GenesisValidator::account).toList();
    apply(
        Ledger.genesisWrites(
            new Genesis(
                CHAIN,
                "tnim",
                timeMillis,
                Hash.ZERO,
                pool,
                parameters,
                genesisValidators,
                accounts)));
  }

  static PublicKey key(int account) {
    return new PublicKey(Specs.hash("account " + account).bytes());
  }

  static PublicKey hotKey(int account) {
    return new PublicKey(Specs.hash("hot " + account).bytes());
  }

  private static VoteKey voteKey(int account) {
    return new VoteKey(Bytes.concat(key(account).bytes(), Bytes.wrap(new byte[16])));
  }

  static Address address(int account) {
    return AddressForm.addressOf(key(account));
  }

  StateView state() {
    return state;
  }

  Job job(JobId id) {
    return Jobs.load(state, id).orElseThrow();
  }

  /// All that the account owns, vested or not.
  long wealth(int account) {
    Account owned = Accounts.get(state, address(account));
    long delegated =
        Delegations.of(state, address(account)).stream()
            .mapToLong(it -> it.worth() + it.earned())
            .sum();
    return owned.balance()
        + owned.bond()
        + owned.stake()
        + owned.unbonding()
        + owned.vesting()
        + delegated;
  }

  Applied done(int account, Call call) {
    long nonce = Accounts.get(state, address(account)).nonce();
    Transaction.Unsigned body =
        new Transaction.Unsigned(CHAIN, key(account), nonce, Long.MAX_VALUE, FEE, 0, call);
    Receipt receipt = block(List.of(new Transaction(body, NONE))).getLast();
    return switch (receipt.outcome()) {
      case Applied applied -> applied;
      case Rejected(String reason) -> throw new AssertionError(reason);
    };
  }

  void idle(int blocks) {
    for (int i = 0; i < blocks; i++) {
      block(List.of());
    }
  }

  private List<Receipt> block(List<Transaction> transactions) {
    PoolView view = new PoolView(state, CHAIN, parameters, timeMillis);
    Mempool pool = new Mempool(PoolLimits.DEFAULT, rules);
    honest.calls(state).forEach(call -> pool.offer(new SignedWorkCall(call, NONE), view, ANY));
    transactions.forEach(transaction ->
        pool.offer(transaction, view, ANY)
            .ifPresent(refusal -> {
              throw new AssertionError(refusal.words());
            }));
    height++;
    timeMillis += BLOCK_MILLIS;
    long epoch = MoneyEpoch.of(state).number();
    BlockContext context = context();
    BlockBuilder.Built built = builder.build(state, context, pool, List.of());
    apply(built.executed().writes());
    led.merge(context.proposer(), 1, Integer::sum);
    if (MoneyEpoch.of(state).number() > epoch) {
      seed = context.beacon();
      viewNumber = 0;
    }
    return built.executed().receipts();
  }

  private BlockContext context() {
    return new BlockContext(
        parameters,
        CHAIN,
        new Moment(timeMillis, height),
        0,
        elects ? elected() : validators.get(leader()),
        Specs.hash("beacon " + height),
        List.of(new ViewVotes(height, validators, 1_000)));
  }

  /// As consensus does it: by the set of the running epoch, with the beacon of the block before it.
  private Address elected() {
    ValidatorSet set = Elections.set(state, MoneyEpoch.of(state).number());
    return set.get(set.leader(seed, ++viewNumber)).account();
  }

  /// How many blocks the account has led.
  int led(int account) {
    return led.getOrDefault(address(account), 0);
  }

  /// Smooth turns by weight: over any run of blocks nobody is more than one off its part.
  private int leader() {
    int leader = 0;
    long total = 0;
    for (int i = 0; i < turns.length; i++) {
      turns[i] += stakes.get(i);
      total += stakes.get(i);
      leader = turns[i] > turns[leader] ? i : leader;
    }
    turns[leader] -= total;
    return leader;
  }

  void audit() {
    Audit.of(stored).check(parameters.money().supplyCap());
  }

  private void apply(Map<Bytes, Optional<Bytes>> writes) {
    writes.forEach(
        (key, value) -> value.ifPresentOrElse(v -> stored.put(key, v), () -> stored.remove(key)));
  }
}

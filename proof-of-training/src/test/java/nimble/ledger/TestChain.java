package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nimble.chain.Block.Body;
import nimble.chain.Call;
import nimble.chain.Device;
import nimble.chain.MinerCall;
import nimble.chain.Receipt;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.crypto.Ed25519;
import nimble.crypto.Hashing;
import nimble.genesis.BlockParameters;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.ledger.Execution.Executed;
import nimble.ledger.Execution.Invalid;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.Span;

/// A chain of one leader in memory: blocks are executed, their writes applied, and the state is
/// audited after each.
final class TestChain {
  static final ChainId CHAIN = new ChainId("test");
  static final long RICH = 1_000_000_000_000L;
  static final long BOND = 10_000;
  static final long STAKE = 500_000_000_000L;

  /// What a validator must stake.
  static final long LEAST = Parameters.devnet().consensus().validatorStakeMin();

  static final Span WAIT = new Span(1_000, 5);
  static final long BLOCK_MILLIS = 100;
  static final long HALVING = 600_000;
  static final long POOL = 1_000_000;

  final JobRules rules;
  final Ledger ledger;
  final Parameters parameters;
  final TreeMap<Bytes, Bytes> state = new TreeMap<>();
  private final SignatureCheck signatures = new SeenSignatures(Ed25519::verify);
  private long height;
  private long timeMillis = 1_000;
  List<ViewVotes> votes = List.of();

  TestChain(JobRules rules, BlockParameters block) {
    this.rules = rules;
    this.ledger = new Ledger(rules, signatures, TestVotes::offence);
    Parameters devnet = Parameters.devnet();
    this.parameters =
        devnet.with(block).with(devnet.money().withHalvingMillis(HALVING).withWaits(WAIT, WAIT));
    apply(Ledger.genesisWrites(genesis()));
    audit();
  }

  static TestChain create() {
    return new TestChain(new SmallJobs(), new BlockParameters(65_536, 400_000, 1, 2_000, 101, 7));
  }

  private Genesis genesis() {
    List<Genesis.GenesisAccount> accounts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      People person = People.ALL.get(i);
      boolean mines = i >= 1 && i <= 3;
      accounts.add(
          new Genesis.GenesisAccount(person.address(), RICH, mines ? BOND : 0, i == 0 ? STAKE : 0));
    }
    return new Genesis(
        CHAIN,
        "tnim",
        timeMillis,
        Hashing.of("seed"),
        POOL,
        parameters,
        List.of(
            new Genesis.GenesisValidator(
                People.VALIDATOR.address(),
                People.VALIDATOR.hot().publicKey(),
                People.VALIDATOR.vote().voteKey(),
                People.VALIDATOR.vote().provePossession())),
        accounts);
  }

  StateView view() {
    return key -> Optional.ofNullable(state.get(key));
  }

  PoolView poolView() {
    return new PoolView(view(), CHAIN, parameters, timeMillis);
  }

  SignatureCheck signatures() {
    return signatures;
  }

  /// Of the block that comes next.
  BlockContext next() {
    Hash beacon = Hashing.of("beacon", Bytes.ofU64(height + 1));
    return new BlockContext(
        parameters,
        CHAIN,
        new Moment(timeMillis + BLOCK_MILLIS, height + 1),
        0,
        People.VALIDATOR.address(),
        beacon,
        votes);
  }

  /// Lets so much time pass that the next block begins an epoch.
  void beginEpoch() {
    timeMillis += parameters.consensus().epochMillis();
  }

  MoneyEpoch epoch() {
    return MoneyEpoch.of(view());
  }

  Account account(People person) {
    return Accounts.get(view(), person.address());
  }

  /// To whomever.
  long delegated(People person) {
    return Delegations.of(view(), person.address()).stream()
        .mapToLong(Delegations.Position::worth)
        .sum();
  }

  Execution execute(Body body) {
    return ledger.execute(view(), next(), body);
  }

  /// Executes a block that must be valid, and moves on.
  List<Receipt> run(Body body) {
    return switch (execute(body)) {
      case Executed executed -> {
        accept(executed);
        yield executed.receipts();
      }
      case Invalid(String reason) -> throw new AssertionError(reason);
    };
  }

  void accept(Executed executed) {
    apply(executed.writes());
    height++;
    timeMillis += BLOCK_MILLIS;
    audit();
  }

  Receipt run(Transaction transaction) {
    return run(body(transaction)).getFirst();
  }

  Receipt run(People sender, Call call) {
    return run(transaction(sender, call));
  }

  void runEmpty(int blocks) {
    for (int i = 0; i < blocks; i++) {
      run(Body.EMPTY);
    }
  }

  /// The reason why a block of these is invalid.
  String refused(Transaction... transactions) {
    return refused(body(transactions));
  }

  String refused(Body body) {
    return switch (execute(body)) {
      case Executed executed -> throw new AssertionError("is valid");
      case Invalid(String reason) -> reason;
    };
  }

  Transaction transaction(People sender, Call call) {
    return transaction(sender, account(sender).nonce(), 0, call);
  }

  Transaction transaction(People sender, long nonce, long tip, Call call) {
    return sign(
        sender,
        new Transaction.Unsigned(
            CHAIN,
            sender.key().publicKey(),
            nonce,
            timeMillis + 1_000_000,
            200_000 + tip,
            tip,
            call));
  }

  static Transaction sign(People sender, Transaction.Unsigned body) {
    return new Transaction(body, sender.key().sign(body.preimage()));
  }

  static SignedWorkCall work(People miner, WorkCall call) {
    return new SignedWorkCall(call, miner.hot().sign(SignedWorkCall.preimage(CHAIN, call)));
  }

  static Body body(Transaction... transactions) {
    return new Body(List.of(), List.of(transactions), List.of());
  }

  static Body body(SignedWorkCall... calls) {
    return new Body(List.of(calls), List.of(), List.of());
  }

  static MinerCall.MinerRegister registration(People miner) {
    return new MinerCall.MinerRegister(
        miner.hot().publicKey(), People.VALIDATOR.address(), "miner", "127.0.0.1:7040");
  }

  static MinerCall.OfferPut offer(long price) {
    return new MinerCall.OfferPut(Device.CPU, "cpu", 1 << 30, 1_000, price);
  }

  private void apply(Map<Bytes, Optional<Bytes>> writes) {
    writes.forEach((key, value) -> {
      if (value.isPresent()) {
        state.put(key, value.get());
      } else {
        state.remove(key);
      }
    });
  }

  private void audit() {
    Audit.of(state).check(parameters.money().supplyCap());
  }
}

package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import nimble.chain.Block.Body;
import nimble.chain.Call;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.chain.Receipt.Outcome.Rejected;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Genesis.GenesisValidator;
import nimble.genesis.Parameters;
import nimble.ledger.Accounts;
import nimble.ledger.Audit;
import nimble.ledger.BlockContext;
import nimble.ledger.Execution;
import nimble.ledger.Execution.Executed;
import nimble.ledger.Ledger;
import nimble.ledger.Mempool;
import nimble.ledger.Overlay;
import nimble.ledger.PoolLimits;
import nimble.ledger.PoolView;
import nimble.ledger.Refusal;
import nimble.ledger.Running;
import nimble.ledger.StateView;
import nimble.ledger.TestVotes;
import nimble.ledger.ViewVotes;
import nimble.training.spec.JobSpec;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Signature;
import nimble.types.VoteSignature;

/// A chain without consensus: the real ledger with the real job rules, block by block. Signatures
/// are not checked, so that a test can speak for everybody. Account 0 is the developer, 1 the
/// validator, the rest are miners.
final class World {
  static final int DEVELOPER = 0;
  static final int VALIDATOR = 1;
  static final int FIRST_MINER = 2;
  static final Parameters PARAMETERS = Specs.PARAMETERS;
  static final long NIM = Parameters.NIM;
  static final ChainId CHAIN = new ChainId("test");
  static final Signature NONE = new Signature(Bytes.wrap(new byte[Signature.SIZE]));

  /// The only one that does not hold.
  static final Signature FORGED =
      new Signature(Specs.anyBytes(new SplittableRandom(0), Signature.SIZE));

  /// Accounts after the miners and the validators, without any money.
  static final int SPARE = 3;

  static final ChainId OTHER_CHAIN = new ChainId("other");
  static final long FEE = 1_000_000;

  private final TreeMap<Bytes, Bytes> stored = new TreeMap<>();
  private final StateView state = key -> Optional.ofNullable(stored.get(key));
  private final Parameters parameters;
  private final TrainingRules rules;
  private final Ledger ledger;
  private final List<JobEntry> entries = new ArrayList<>();
  private final long[] nonces;
  private long timeMillis = 1_000_000;
  private long height;
  final List<Integer> validators = new ArrayList<>();
  long blockMillis = 1_000;
  List<ViewVotes> votes = List.of();

  /// Miner i asks `prices[i]` an hour. One validator, and nothing is audited.
  World(long... prices) {
    this(PARAMETERS, new long[] {1_000 * NIM}, prices);
  }

  /// The first validator is account 1, the others follow the miners.
  World(Parameters parameters, long[] stakes, long... prices) {
    this.parameters = parameters;
    rules = new TrainingRules(parameters.training());
    ledger = new Ledger(rules, (_, _, signature) -> !signature.equals(FORGED), TestVotes::offence);
    nonces = new long[FIRST_MINER + prices.length + stakes.length - 1 + SPARE];
    for (int i = 0; i < stakes.length; i++) {
      validators.add(i == 0 ? VALIDATOR : FIRST_MINER + prices.length - 1 + i);
    }
    List<GenesisAccount> accounts = new ArrayList<>();
    accounts.add(new GenesisAccount(address(DEVELOPER), 1_000 * NIM, 0, 0));
    List<GenesisValidator> registered = new ArrayList<>();
    for (int i = 0; i < stakes.length; i++) {
      accounts.add(new GenesisAccount(address(validators.get(i)), 1_000 * NIM, 0, stakes[i]));
      registered.add(validator(validators.get(i)));
    }
    for (int i = 0; i < prices.length; i++) {
      accounts.add(new GenesisAccount(address(FIRST_MINER + i), 20 * NIM, 100 * NIM, 0));
    }
    apply(
        Ledger.genesisWrites(
            new Genesis(CHAIN, "tnim", 0, Hash.ZERO, 0, parameters, registered, accounts)));
    for (int i = 0; i < prices.length; i++) {
      int miner = FIRST_MINER + i;
      register(miner, hotKey(miner));
      done(miner, new OfferPut(Specs.terms(1, 1).device(), "cpu", 1L << 40, 1_000_000, prices[i]));
    }
  }

  private static GenesisValidator validator(int account) {
    return new GenesisValidator(
        address(account),
        hotKey(account),
        voteKey(account).voteKey(),
        new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE])));
  }

  static PublicKey key(int account) {
    return new PublicKey(Specs.hash("account " + account).bytes());
  }

  static PublicKey hotKey(int account) {
    return new PublicKey(Specs.hash("hot " + account).bytes());
  }

  static VoteSigningKey voteKey(int account) {
    return VoteSigningKey.fromSeed(Specs.hash("vote " + account).bytes());
  }

  static Address address(int account) {
    return AddressForm.addressOf(key(account));
  }

  StateView state() {
    return state;
  }

  long balance(int account) {
    return Accounts.get(state, address(account)).balance();
  }

  Job job(JobId id) {
    return Jobs.load(state, id).orElseThrow();
  }

  Moment now() {
    return new Moment(timeMillis, height);
  }

  List<JobEntry> entries(JobId id) {
    return entries.stream().filter(entry -> entry.job().equals(id)).toList();
  }

  /// Kinds of events of a job, in order.
  List<String> story(JobId id) {
    return entries(id).stream().map(entry -> entry.event().getClass().getSimpleName()).toList();
  }

  /// The outcome of one call of an account in a block of its own.
  Receipt.Outcome call(int account, Call call) {
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            CHAIN, key(account), nonces[account]++, Long.MAX_VALUE, FEE, 0, call);
    return block(new Body(List.of(), List.of(new Transaction(body, NONE)), List.of()))
        .receipts()
        .getFirst()
        .outcome();
  }

  void done(int account, Call call) {
    if (call(account, call) instanceof Rejected rejected) {
      throw new AssertionError(rejected.reason());
    }
  }

  String rejection(int account, Call call) {
    return call(account, call) instanceof Rejected rejected ? rejected.reason() : "";
  }

  JobId submit(JobSpec spec) {
    Receipt.Outcome outcome = call(DEVELOPER, new JobSubmit(spec.encode()));
    return outcome instanceof Applied applied
        ? applied.job().orElseThrow()
        : throwing(outcome.toString());
  }

  private static JobId throwing(String outcome) {
    throw new AssertionError(outcome);
  }

  /// Work calls in a block of their own.
  void work(WorkCall... calls) {
    block(body(calls));
  }

  /// What executing them would give; nothing happens.
  Execution attempt(WorkCall... calls) {
    Moment next = new Moment(timeMillis + blockMillis, height + 1);
    return ledger.execute(state, context(next), body(calls));
  }

  /// What a node's mempool says to it; its signature holds.
  Optional<Refusal> offer(WorkCall call) {
    return offer(call, true);
  }

  Optional<Refusal> offer(WorkCall call, boolean signed) {
    PoolView view = new PoolView(state, CHAIN, parameters, timeMillis);
    return new Mempool(PoolLimits.DEFAULT, rules)
        .offer(new SignedWorkCall(call, NONE), view, (_, _, _) -> signed);
  }

  /// All of the state, as it is now.
  Map<Bytes, Bytes> stored() {
    return new TreeMap<>(stored);
  }

  private static Body body(WorkCall... calls) {
    List<SignedWorkCall> signed = new ArrayList<>();
    for (WorkCall call : calls) {
      signed.add(new SignedWorkCall(call, NONE));
    }
    return new Body(signed, List.of(), List.of());
  }

  void register(int miner, PublicKey hotKey) {
    String name = "miner " + (miner - FIRST_MINER);
    done(miner, new MinerRegister(hotKey, address(VALIDATOR), name, "h:1"));
  }

  boolean isOpen(WorkCall call) {
    return signerOf(call).isPresent();
  }

  Optional<PublicKey> signerOf(WorkCall call) {
    return call instanceof WorkCall.OfJob work ? rules.signerOf(state, work) : Optional.empty();
  }

  void idle(int blocks) {
    for (int i = 0; i < blocks; i++) {
      block(Body.EMPTY);
    }
  }

  Executed block(Body body) {
    timeMillis += blockMillis;
    height++;
    Execution execution = execute(body);
    if (execution instanceof Executed executed) {
      accept(executed);
      return executed;
    }
    throw new AssertionError(execution.toString());
  }

  /// The next block, entry by entry: [#accept] what it ends with.
  Running begin() {
    timeMillis += blockMillis;
    height++;
    return Running.begin(ledger, state, context(now()));
  }

  /// The block that has begun, as a whole.
  Execution execute(Body body) {
    return ledger.execute(state, context(now()), body);
  }

  void accept(Executed executed) {
    apply(executed.writes());
    Audit.of(stored).check(parameters.money().supplyCap());
    entries.addAll(JobEntry.in(executed.writes()));
  }

  int people() {
    return nonces.length;
  }

  long nonce(int account) {
    return Accounts.get(state, address(account)).nonce();
  }

  /// Writes past the rules, for what would take long to come about.
  void override(Overlay written) {
    apply(written.writes());
  }

  private BlockContext context(Moment moment) {
    Hash beacon = Specs.hash("beacon " + moment.height());
    return new BlockContext(parameters, CHAIN, moment, 0, address(VALIDATOR), beacon, votes);
  }

  private void apply(Map<Bytes, Optional<Bytes>> writes) {
    writes.forEach(
        (key, value) -> value.ifPresentOrElse(v -> stored.put(key, v), () -> stored.remove(key)));
  }

  static Hash digest(int stage) {
    return Specs.hash("class of stage " + stage);
  }

  JobAccept accept(JobId id, int stage) {
    Address miner = job(id).stages().get(stage).miner();
    Hash shown = job(id).stages().get(stage).numericClass().orElse(digest(stage));
    return new JobAccept(
        slot(id, stage), job(id).progress().failures(), NumericClass.commitment(shown, miner));
  }

  ClassOpen open(JobId id, int stage) {
    return new ClassOpen(slot(id, stage), digest(stage));
  }

  static StageSlot slot(JobId id, int stage) {
    return new StageSlot(id, stage, 0);
  }

  /// An honest commitment to the current round.
  RoundCommit commit(JobId id, int stage) {
    Job job = job(id);
    int round = Math.min(job.progress().round(), job.rounds().count() - 1);
    boolean last = stage == job.stages().size() - 1;
    boolean validates = job.rounds().validationBatches(round) > 0;
    return new RoundCommit(
        slot(id, stage),
        round,
        job.progress().failures(),
        Specs.hash("state %d %d".formatted(stage, round)),
        Specs.hash("steps %d %d".formatted(stage, round)),
        edge(stage - 1, round),
        edge(stage, round),
        last ? OptionalInt.of(1_000 - round) : OptionalInt.empty(),
        last && validates ? OptionalInt.of(2_000 - round) : OptionalInt.empty());
  }

  /// A commitment whose right edge nobody else has seen.
  RoundCommit lie(JobId id, int stage) {
    RoundCommit honest = commit(id, stage);
    return new RoundCommit(
        honest.slot(),
        honest.round(),
        honest.attempt(),
        honest.stateRootAfter(),
        honest.stepsRoot(),
        honest.leftRoot(),
        Specs.hash("lie"),
        honest.lossBits(),
        honest.validationLossBits());
  }

  private static Hash edge(int stage, int round) {
    return Specs.hash("edge %d %d".formatted(stage, round));
  }

  CheckpointRecord checkpoint(JobId id, int stage, int round) {
    return new CheckpointRecord(
        slot(id, stage),
        round,
        attempt(id, round),
        Specs.hash("checkpoint %d %d".formatted(stage, round)));
  }

  CheckpointKept kept(JobId id, int stage, int round, Address custodian) {
    return new CheckpointKept(slot(id, stage), round, attempt(id, round), custodian);
  }

  private int attempt(JobId id, int round) {
    return ResumePoints.at(state, id, round)
        .map(ResumePoint::attempt)
        .orElse(job(id).progress().failures());
  }

  /// Every stage records its checkpoint after `round`, and the next stage's miner holds it.
  void hold(JobId id, int round) {
    List<HeldStage> stages = job(id).stages();
    for (int stage = 0; stage < stages.size(); stage++) {
      Address next = stages.get((stage + 1) % stages.size()).miner();
      work(checkpoint(id, stage, round));
      work(kept(id, stage, round, next));
    }
  }

  /// New miners accept, and show their classes.
  void resume(JobId id) {
    for (int stage = 0; stage < job(id).stages().size(); stage++) {
      if (!job(id).stages().get(stage).hasAccepted()) {
        work(accept(id, stage));
      }
    }
    for (int stage = 0; stage < job(id).stages().size(); stage++) {
      if (job(id).stages().get(stage).numericClass().isEmpty()) {
        work(open(id, stage));
      }
    }
    assertEquals(JobState.RUNNING, job(id).state());
  }

  /// Something that the rules do to a job, in a block of its own.
  void turn(JobId id, Consumer<Turn> act) {
    timeMillis += blockMillis;
    height++;
    Overlay overlay = new Overlay(state);
    Turn turn = Turn.of(overlay, context(now()), id);
    act.accept(turn);
    turn.save();
    apply(overlay.writes());
    Audit.of(stored).check(PARAMETERS.money().supplyCap());
    entries.addAll(JobEntry.in(overlay.writes()));
  }

  /// On a state that is thrown away.
  Turn turn(Overlay overlay, JobId id) {
    return Turn.of(overlay, context(now()), id);
  }

  /// Everybody accepts and opens.
  void start(JobId id) {
    int stages = job(id).stages().size();
    for (int stage = 0; stage < stages; stage++) {
      work(accept(id, stage));
    }
    for (int stage = 0; stage < stages; stage++) {
      work(open(id, stage));
    }
    assertEquals(JobState.RUNNING, job(id).state());
  }

  /// Everybody commits to the current round, in one block.
  void round(JobId id) {
    int stages = job(id).stages().size();
    WorkCall[] commits = new WorkCall[stages];
    for (int stage = 0; stage < stages; stage++) {
      commits[stage] = commit(id, stage);
    }
    work(commits);
  }

  void rounds(JobId id) {
    while (job(id).state() == JobState.RUNNING) {
      round(id);
    }
  }

  void checkpoints(JobId id) {
    for (int stage = 0; stage < job(id).stages().size(); stage++) {
      work(checkpoint(id, stage, job(id).rounds().count() - 1));
    }
  }
}

package nimble.node.sim.village;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nimble.chain.Block.Body;
import nimble.chain.Call;
import nimble.chain.Receipt;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.ledger.Account;
import nimble.ledger.Accounts;
import nimble.ledger.BlockContext;
import nimble.ledger.Delegations;
import nimble.ledger.Execution;
import nimble.ledger.Execution.Executed;
import nimble.ledger.Ledger;
import nimble.ledger.StateView;
import nimble.ledger.Supply;
import nimble.node.devnet.NodeKeys;
import nimble.training.JobEntry;
import nimble.training.TrainingRules;
import nimble.training.sim.Surroundings;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.Signature;

/// The chain of a village: the ledger and its rules, a block a second. Signatures are not checked.
final class Village {
  private static final Signature NONE = new Signature(Bytes.wrap(new byte[Signature.SIZE]));
  private static final long BLOCK_MILLIS = 1_000;
  private static final long FEE = 1_000_000;

  private final Genesis genesis;
  private final long seed;
  private final TreeMap<Bytes, Bytes> stored = new TreeMap<>();
  private final StateView state = key -> Optional.ofNullable(stored.get(key));
  private final TrainingRules rules;
  private final Ledger ledger;
  private final TreeMap<Address, Long> nonces = new TreeMap<>();
  private final List<JobEntry> entries = new ArrayList<>();
  private long height;
  private long timeMillis;

  /// @param seed of its beacons
  Village(Genesis genesis, long seed) {
    this.genesis = genesis;
    this.seed = seed;
    this.timeMillis = genesis.timeMillis();
    rules = new TrainingRules(genesis.parameters().training());
    ledger = new Ledger(rules, (key, preimage, signature) -> true, (c, a, b) -> Optional.empty());
    apply(Ledger.genesisWrites(genesis));
  }

  StateView state() {
    return state;
  }

  /// For those who live here, and train on one text.
  Surroundings around(Bytes text) {
    return new Surroundings() {
      @Override
      public ChainId chain() {
        return genesis.chain();
      }

      @Override
      public Moment now() {
        return Village.this.now();
      }

      @Override
      public StateView state() {
        return state;
      }

      @Override
      public Optional<Bytes> blob(Hash manifest) {
        return Optional.of(text);
      }
    };
  }

  TrainingRules rules() {
    return rules;
  }

  Parameters parameters() {
    return genesis.parameters();
  }

  Moment now() {
    return new Moment(timeMillis, height);
  }

  /// All that happened to all jobs, in order.
  List<JobEntry> entries() {
    return entries;
  }

  /// All that an account has, in whatever form; earned by work, a part of it is delegated.
  long wealth(Address address) {
    Account account = Accounts.get(state, address);
    long delegated =
        Delegations.of(state, address).stream().mapToLong(it -> it.worth() + it.earned()).sum();
    return delegated
        + account.balance()
        + account.bond()
        + account.stake()
        + account.unbonding()
        + account.vesting();
  }

  /// Nobody does anything for so long.
  void stand(long millis) {
    timeMillis += millis;
  }

  /// A transaction in a block of its own.
  Receipt.Outcome call(NodeKeys sender, Call call) {
    long nonce = nonces.merge(sender.address(), 1L, Long::sum) - 1;
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            genesis.chain(), sender.account().publicKey(), nonce, Long.MAX_VALUE, FEE, 0, call);
    Body whole = new Body(List.of(), List.of(new Transaction(body, NONE)), List.of());
    return block(whole, beacon(0)).receipts().getFirst().outcome();
  }

  /// One block with as many of the calls as have open slots.
  void block(List<WorkCall> calls) {
    block(body(open(calls)), beacon(0));
  }

  /// As [#block], with the one of so many beacons of which the others see least.
  ///
  /// @param unwanted counts what the leader would rather not see
  void block(List<WorkCall> calls, int beacons, Unwanted unwanted) {
    Body body = body(open(calls));
    Hash best = beacon(0);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < beacons; i++) {
      Hash beacon = beacon(i);
      if (ledger.execute(state, next(beacon), body) instanceof Executed executed) {
        long seen = unwanted.in(JobEntry.in(executed.writes()));
        best = seen < least ? beacon : best;
        least = Math.min(least, seen);
      }
    }
    block(body, best);
  }

  @FunctionalInterface
  interface Unwanted {
    long in(List<JobEntry> entries);
  }

  /// Of several calls for one slot a block takes one.
  private List<WorkCall> open(List<WorkCall> calls) {
    if (ledger.execute(state, next(beacon(0)), body(calls)) instanceof Executed) {
      return calls;
    }
    List<WorkCall> open = new ArrayList<>();
    for (WorkCall call : calls) {
      open.add(call);
      if (!(ledger.execute(state, next(beacon(0)), body(open)) instanceof Executed)) {
        open.removeLast();
      }
    }
    return open;
  }

  private static Body body(List<WorkCall> calls) {
    return new Body(
        calls.stream().map(call -> new SignedWorkCall(call, NONE)).toList(), List.of(), List.of());
  }

  private Executed block(Body body, Hash beacon) {
    Execution execution = ledger.execute(state, next(beacon), body);
    timeMillis += BLOCK_MILLIS;
    height++;
    if (execution instanceof Executed executed) {
      apply(executed.writes());
      entries.addAll(JobEntry.in(executed.writes()));
      long total = Supply.of(state).total();
      Invariant.check(total == genesis.parameters().money().supplyCap(), "supply %d", total);
      return executed;
    }
    throw new IllegalStateException(execution.toString());
  }

  private BlockContext next(Hash beacon) {
    List<Genesis.GenesisValidator> leaders = genesis.validators();
    Address leader = leaders.get((int) (height % leaders.size())).account();
    Moment now = new Moment(timeMillis + BLOCK_MILLIS, height + 1);
    return new BlockContext(genesis.parameters(), genesis.chain(), now, 0, leader, beacon);
  }

  private Hash beacon(int choice) {
    return Hashing.of("village", Bytes.ofU64(seed), Bytes.ofU64(height), Bytes.ofU64(choice));
  }

  private void apply(Map<Bytes, Optional<Bytes>> writes) {
    writes.forEach(
        (key, value) -> value.ifPresentOrElse(v -> stored.put(key, v), () -> stored.remove(key)));
  }
}

package nimble.node.chain;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import nimble.chain.Block;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.Hashing;
import nimble.ledger.BlockBuilder;
import nimble.ledger.BlockContext;
import nimble.ledger.Finding;
import nimble.ledger.Mempool;
import nimble.ledger.PoolLimits;
import nimble.ledger.PoolView;
import nimble.ledger.Refusal;
import nimble.ledger.StateView;
import nimble.node.chain.Intake.Candidate;
import nimble.p2p.Effect;
import nimble.p2p.Gossip;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.Penalty;
import nimble.p2p.Topic;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The mempool and its gossip: announces what is new, takes what others announce, and hands the
/// builder what may enter a block.
final class Pool {
  /// Work calls that may have come before the block that opens their slot.
  private static final int EARLY_MAX = 1_024;

  /// Of these, from one peer.
  private static final int EARLY_PER_PEER_MAX = 128;

  /// So many blocks later they have not.
  private static final int EARLY_BLOCKS = 4;

  /// Transactions of one peer between two ticks that no block could take.
  private static final int USELESS_MAX = 512;

  private static final long SAVE_MILLIS = 30_000;

  /// For choosing transactions: the others have to execute them too before the view times out, and
  /// code that has just been loaded is slow.
  private static final long BUILD_NANOS_MAX = 200_000_000;

  private record Early(SignedWorkCall call, PublicKey from, long lastHeight) {}

  private final Law law;
  private final ChainStore store;
  private final Accuser accuser;
  private final Outbox outbox;
  private final Penalties penalties;
  private final Reporter reporter;
  private final Mempool mempool;
  private final Intake intake;
  private final List<Candidate> arrived = new ArrayList<>();
  private final BlockBuilder builder;
  private final PoolFile file;
  private final LongSupplier nanos;
  private final Map<PublicKey, Integer> useless = new LinkedHashMap<>();
  private final Map<Topic, Gossip> gossips = new EnumMap<>(Topic.class);
  private final Map<Topic, List<Hash>> news = new EnumMap<>(Topic.class);
  private final SequencedMap<Hash, Early> early = new LinkedHashMap<>();
  private long savedMillis;
  private long timeMillis;
  private long height;

  Pool(
      Law law,
      BlockBuilder builder,
      ChainStore store,
      Accuser accuser,
      Outbox outbox,
      LongSupplier requests,
      Penalties penalties,
      Reporter reporter,
      PoolFile file,
      LongSupplier nanos,
      Executor checkers,
      Consumer<Replica.Input.Checked> done) {
    this.law = law;
    this.store = store;
    this.accuser = accuser;
    this.outbox = outbox;
    this.penalties = penalties;
    this.reporter = reporter;
    this.file = file;
    this.nanos = nanos;
    this.mempool = new Mempool(PoolLimits.DEFAULT, law.jobs());
    this.intake = new Intake(mempool, law.signatures(), this::view, checkers, done);
    this.builder = builder;
    this.timeMillis = store.chain().tip().timeMillis();
    this.height = store.chain().tip().height().value();
    for (Topic topic : Topic.values()) {
      Function<Hash, Optional<Bytes>> bodies =
          switch (topic) {
            case TRANSACTIONS -> hash -> mempool.transaction(hash).map(Transaction::encode);
            case WORK_CALLS -> hash -> mempool.workCall(hash).map(SignedWorkCall::encode);
          };
      gossips.put(
          topic, new Gossip(topic, body -> Optional.of(Hashing.sha256(body)), bodies, requests));
      news.put(topic, new ArrayList<>());
    }
  }

  /// Takes back what the process before this one saved; all of it is checked as if it came anew.
  void start(long nowMillis) {
    savedMillis = nowMillis;
    Optional<Bytes> bytes = file.load();
    if (bytes.isEmpty()) {
      return;
    }
    try {
      Mempool.Saved saved = Mempool.Saved.read(bytes.get());
      saved.workCalls().forEach(this::work);
      submit(saved.transactions(), _ -> {});
    } catch (Malformed e) {
      reporter.warn("mempool_file", "reason", e.reason());
    }
  }

  void save() {
    if (!file.save(mempool.snapshot())) {
      reporter.warn("mempool_file", "reason", "the disk does not take it");
    }
  }

  boolean isEmpty() {
    return mempool.isEmpty();
  }

  boolean hasTransactions() {
    return mempool.transactionCount() > 0;
  }

  /// @param reply told of each why it is not taken; empty when it is
  void submit(List<Transaction> transactions, Consumer<List<Optional<String>>> reply) {
    intake.offer(
        transactions.stream().map(it -> new Candidate(it, Optional.empty())).toList(),
        verdicts -> {
          verdicts.forEach(this::judged);
          reply.accept(verdicts.stream().map(it -> it.refusal().map(Refusal::words)).toList());
        });
  }

  void checked(long number, List<Boolean> good) {
    intake.checked(number, good);
  }

  /// Whether `block` can be executed without checking many signatures on the way.
  boolean isReady(Block block) {
    return intake.isReady(block);
  }

  private void judged(Intake.Verdict verdict) {
    Transaction transaction = verdict.candidate().transaction();
    if (verdict.refusal().isEmpty()) {
      of(news, Topic.TRANSACTIONS).add(transaction.id());
    } else {
      verdict.candidate().from().ifPresent(peer -> refused(peer, verdict.refusal().get()));
    }
  }

  /// A node announces only what it found good itself. That may be too late by then, but not for
  /// many at once.
  private void refused(PublicKey peer, Refusal refusal) {
    switch (refusal) {
      case Refusal.WrongSignature _ ->
          penalties.penalize(peer, Penalty.LARGE, "a transaction with a wrong signature");
      case Refusal.Duplicate _, Refusal.PoolFull _ -> {}
      default -> {
        if (useless.merge(peer, 1, Integer::sum) == USELESS_MAX) {
          penalties.penalize(peer, Penalty.LARGE, "transactions that no block can take");
        }
      }
    }
  }

  void work(SignedWorkCall call) {
    Optional<Refusal> refusal = mempool.offer(call, view(), law.signatures());
    if (refusal.isEmpty()) {
      of(news, Topic.WORK_CALLS).add(call.id());
    } else if (!(refusal.get() instanceof Refusal.Duplicate)) {
      reporter.debug("work_call_refused", "call", call.call(), "reason", refusal.get().words());
    }
  }

  BlockBuilder.Built build(StateView parent, BlockContext context, List<Bytes> votes) {
    long until = nanos.getAsLong() + BUILD_NANOS_MAX;
    BlockBuilder.Built built =
        builder.build(parent, context, mempool, votes, () -> nanos.getAsLong() < until);
    built.refused().forEach(mempool::drop);
    return built;
  }

  void finalized(long nowMillis, Block block) {
    timeMillis = block.header().timeMillis();
    height = block.header().height().value();
    mempool.finalized(block.body(), view());
    List<Early> again = List.copyOf(early.values());
    early.clear();
    again.forEach(waiting -> take(nowMillis, waiting));
  }

  /// What is here is told to the newcomer alone: it would cost all peers each time otherwise.
  void connected(long nowMillis, PublicKey peer) {
    step(nowMillis, Topic.TRANSACTIONS, new Gossip.Joined(peer, mempool.transactionIds()));
    step(nowMillis, Topic.WORK_CALLS, new Gossip.Joined(peer, mempool.workCallIds()));
  }

  void disconnected(long nowMillis, PublicKey peer) {
    gossips.keySet().forEach(topic -> step(nowMillis, topic, new Gossip.Left(peer)));
  }

  void tick(long nowMillis) {
    reporter.debug(
        "mempool",
        "transactions",
        mempool.transactionCount(),
        "workCalls",
        mempool.workCallCount());
    useless.clear();
    if (nowMillis - savedMillis >= SAVE_MILLIS) {
      savedMillis = nowMillis;
      save();
    }
    gossips.keySet().forEach(topic -> step(nowMillis, topic, new Gossip.Ticked()));
  }

  static boolean isGossip(Kind kind) {
    return switch (kind) {
      case TX_ANNOUNCE, TX_GET, TX_BODIES, CALL_ANNOUNCE, CALL_GET, CALL_BODIES -> true;
      default -> false;
    };
  }

  void received(long nowMillis, PublicKey peer, Message message) {
    for (Topic topic : Topic.values()) {
      if (message.kind() == topic.announce()
          || (message.kind() == topic.get() && mayAnswer(peer, topic))
          || message.kind() == topic.bodies()) {
        step(nowMillis, topic, new Gossip.Heard(peer, message));
      }
    }
  }

  /// N13.
  private boolean mayAnswer(PublicKey peer, Topic topic) {
    return outbox.answerRoom(peer) >= topic.bodies().sizeMax();
  }

  /// Before a turn ends: what peers sent in it is taken, all of it together.
  void takeArrived() {
    if (!arrived.isEmpty()) {
      List<Candidate> candidates = List.copyOf(arrived);
      arrived.clear();
      intake.offer(candidates, verdicts -> verdicts.forEach(this::judged));
    }
  }

  /// At the end of every turn: what was taken in it is announced at once, all of it together.
  void announce(long nowMillis) {
    news.forEach((topic, hashes) -> {
      if (!hashes.isEmpty()) {
        List<Hash> accepted = List.copyOf(hashes);
        hashes.clear();
        step(nowMillis, topic, new Gossip.Accepted(accepted));
      }
    });
  }

  private void step(long nowMillis, Topic topic, Gossip.Input input) {
    for (Effect effect : of(gossips, topic).step(input, nowMillis)) {
      switch (effect) {
        case Effect.Send send -> outbox.send(send.peer(), send.message());
        case Effect.Penalize(var peer, var penalty, var reason) ->
            penalties.penalize(peer, penalty, reason);
        case Effect.Deliver(Hash _, Bytes body, PublicKey from) ->
            delivered(nowMillis, topic, body, from);
        case Effect.DeliverAt _ -> Invariant.check(false, "%s by height", effect);
      }
    }
  }

  private void delivered(long nowMillis, Topic topic, Bytes body, PublicKey from) {
    try {
      switch (topic) {
        case TRANSACTIONS ->
            arrived.add(new Candidate(Reader.decode(body, Transaction::read), Optional.of(from)));
        case WORK_CALLS -> {
          SignedWorkCall call = Reader.decode(body, SignedWorkCall::read);
          take(nowMillis, new Early(call, from, height + EARLY_BLOCKS));
        }
      }
    } catch (Malformed e) {
      penalties.penalize(from, Penalty.LARGE, "%s: %s".formatted(topic, e.reason()));
    }
  }

  /// A call whose slot is not open yet is tried again with the next blocks, then given up; should
  /// it be announced again, it is fetched again.
  private void take(long nowMillis, Early waiting) {
    Hash id = waiting.call().id();
    if (waiting.call().call() instanceof WorkCall.DoubleVote report
        && !isTrue(report, waiting.from())) {
      step(nowMillis, Topic.WORK_CALLS, new Gossip.Forgotten(List.of(id)));
      return;
    }
    Optional<Refusal> refusal = mempool.offer(waiting.call(), view(), law.signatures());
    if (refusal.isEmpty()) {
      of(news, Topic.WORK_CALLS).add(id);
    } else if (refusal.get() instanceof Refusal.NoOpenSlot) {
      if (height < waiting.lastHeight() && mayWait(waiting)) {
        early.putLast(id, waiting);
      } else {
        step(nowMillis, Topic.WORK_CALLS, new Gossip.Forgotten(List.of(id)));
      }
      if (early.size() > EARLY_MAX) {
        Hash oldest = early.pollFirstEntry().getKey();
        step(nowMillis, Topic.WORK_CALLS, new Gossip.Forgotten(List.of(oldest)));
      }
    } else if (refusal.get() instanceof Refusal.WrongSignature) {
      // Who holds the slot depends on the state: its sender may be a block ahead or behind.
      penalties.penalize(waiting.from(), Penalty.SMALL, "a work call with a wrong signature");
    }
  }

  /// Nobody passes on what it has not checked: it would cost everyone two pairings.
  private boolean isTrue(WorkCall.DoubleVote report, PublicKey from) {
    if (!(accuser.judge(report) instanceof Finding.Charge charge)) {
      return false;
    }
    boolean proven = charge.culprit().equals(report.culprit()) && charge.isProven();
    if (!proven) {
      penalties.penalize(from, Penalty.LARGE, "a double vote that was none");
    }
    return proven;
  }

  /// One peer's calls that nobody waits for do not push out those of others.
  private boolean mayWait(Early waiting) {
    return early.values().stream().filter(it -> it.from().equals(waiting.from())).count()
        < EARLY_PER_PEER_MAX;
  }

  private PoolView view() {
    return new PoolView(store.state(), law.chain(), law.parameters(), timeMillis);
  }

  private static <T> T of(Map<Topic, T> map, Topic topic) {
    return Optional.ofNullable(map.get(topic)).orElseThrow();
  }
}

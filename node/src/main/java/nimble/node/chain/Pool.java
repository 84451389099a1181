package nimble.node.chain;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import nimble.chain.Block;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.Hashing;
import nimble.ledger.BlockBuilder;
import nimble.ledger.BlockContext;
import nimble.ledger.Mempool;
import nimble.ledger.PoolLimits;
import nimble.ledger.PoolView;
import nimble.ledger.Refusal;
import nimble.ledger.StateView;
import nimble.node.net.Penalties;
import nimble.p2p.Effect;
import nimble.p2p.Gossip;
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

  private record Early(SignedWorkCall call, PublicKey from, long lastHeight) {}

  private final Law law;
  private final FinalizedChain chain;
  private final Outbox outbox;
  private final Penalties penalties;
  private final Reporter reporter;
  private final Mempool mempool;
  private final BlockBuilder builder;
  private final Map<Topic, Gossip> gossips = new EnumMap<>(Topic.class);
  private final Map<Topic, List<Hash>> news = new EnumMap<>(Topic.class);
  private final SequencedMap<Hash, Early> early = new LinkedHashMap<>();
  private long timeMillis;
  private long height;

  Pool(
      Law law,
      FinalizedChain chain,
      Outbox outbox,
      LongSupplier requests,
      Penalties penalties,
      Reporter reporter) {
    this.law = law;
    this.chain = chain;
    this.outbox = outbox;
    this.penalties = penalties;
    this.reporter = reporter;
    this.mempool = new Mempool(PoolLimits.DEFAULT, law.jobs());
    this.builder = new BlockBuilder(law.ledger());
    this.timeMillis = chain.tip().timeMillis();
    this.height = chain.tip().height().value();
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

  boolean isEmpty() {
    return mempool.isEmpty();
  }

  boolean hasTransactions() {
    return mempool.transactionCount() > 0;
  }

  /// Why it is not taken; empty when it is.
  Optional<String> submit(Transaction transaction) {
    Optional<Refusal> refusal = mempool.offer(transaction, view(), law.signatures());
    if (refusal.isEmpty()) {
      of(news, Topic.TRANSACTIONS).add(transaction.id());
    }
    return refusal.map(Refusal::words);
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
    BlockBuilder.Built built = builder.build(parent, context, mempool, votes);
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

  void connected(long nowMillis, PublicKey peer) {
    gossips.keySet().forEach(topic -> step(nowMillis, topic, new Gossip.Joined(peer)));
    of(news, Topic.TRANSACTIONS).addAll(mempool.transactionIds());
    of(news, Topic.WORK_CALLS).addAll(mempool.workCallIds());
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
    gossips.keySet().forEach(topic -> step(nowMillis, topic, new Gossip.Ticked()));
  }

  void received(long nowMillis, PublicKey peer, Message message) {
    for (Topic topic : Topic.values()) {
      if (message.kind() == topic.announce()
          || message.kind() == topic.get()
          || message.kind() == topic.bodies()) {
        step(nowMillis, topic, new Gossip.Heard(peer, message));
      }
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
        case TRANSACTIONS -> take(Reader.decode(body, Transaction::read), from);
        case WORK_CALLS -> {
          SignedWorkCall call = Reader.decode(body, SignedWorkCall::read);
          take(nowMillis, new Early(call, from, height + EARLY_BLOCKS));
        }
      }
    } catch (Malformed e) {
      penalties.penalize(from, Penalty.LARGE, "%s: %s".formatted(topic, e.reason()));
    }
  }

  private void take(Transaction transaction, PublicKey from) {
    Optional<Refusal> refusal = mempool.offer(transaction, view(), law.signatures());
    if (refusal.isEmpty()) {
      of(news, Topic.TRANSACTIONS).add(transaction.id());
    } else if (refusal.get() instanceof Refusal.WrongSignature) {
      penalties.penalize(from, Penalty.LARGE, "a transaction with a wrong signature");
    }
  }

  /// A call whose slot is not open yet is tried again with the next blocks, then given up; should
  /// it be announced again, it is fetched again.
  private void take(long nowMillis, Early waiting) {
    Hash id = waiting.call().id();
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

  /// One peer's calls that nobody waits for do not push out those of others.
  private boolean mayWait(Early waiting) {
    return early.values().stream().filter(it -> it.from().equals(waiting.from())).count()
        < EARLY_PER_PEER_MAX;
  }

  private PoolView view() {
    return new PoolView(chain.state(), law.chain(), law.parameters(), timeMillis);
  }

  private static <T> T of(Map<Topic, T> map, Topic topic) {
    return Optional.ofNullable(map.get(topic)).orElseThrow();
  }
}

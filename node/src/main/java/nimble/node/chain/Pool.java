package nimble.node.chain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import nimble.chain.Block;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
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
import nimble.p2p.Announce;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Message;
import nimble.p2p.Topic;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The mempool and its gossip: announces what is new, fetches what is unknown, and hands the
/// builder what may enter a block.
final class Pool {
  private static final int SEEN_MAX = 65_536;
  private static final int WANTED_MAX = 4_096;

  private final Epoch epoch;
  private final FinalizedChain chain;
  private final Outbox outbox;
  private final Reporter reporter;
  private final Mempool mempool;
  private final BlockBuilder builder;
  private final TreeSet<PublicKey> peers = new TreeSet<>();
  private final Map<Hash, Long> seen = new LinkedHashMap<>();
  private long requests;
  private long timeMillis;

  Pool(Epoch epoch, FinalizedChain chain, Outbox outbox, Reporter reporter) {
    this.epoch = epoch;
    this.chain = chain;
    this.outbox = outbox;
    this.reporter = reporter;
    this.mempool = new Mempool(PoolLimits.DEFAULT, epoch.rulesOfJobs());
    this.builder = new BlockBuilder(epoch.ledger());
    this.timeMillis = chain.tip().timeMillis();
  }

  boolean isEmpty() {
    return mempool.isEmpty();
  }

  /// Why it is not taken; empty when it is.
  Optional<String> submit(long nowMillis, Transaction transaction) {
    Optional<Refusal> refusal = mempool.offer(transaction, view(), epoch.signatures());
    if (refusal.isEmpty()) {
      announce(Topic.TRANSACTIONS, transaction.id(), Optional.empty());
    }
    return refusal.map(Refusal::words);
  }

  void work(long nowMillis, SignedWorkCall call) {
    Optional<Refusal> refusal = mempool.offer(call, view(), epoch.signatures());
    if (refusal.isEmpty()) {
      announce(Topic.WORK_CALLS, call.id(), Optional.empty());
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
    mempool.finalized(block.body(), view());
  }

  void connected(long nowMillis, PublicKey peer) {
    peers.add(peer);
  }

  void disconnected(long nowMillis, PublicKey peer) {
    peers.remove(peer);
  }

  void tick(long nowMillis) {
    while (seen.size() > SEEN_MAX) {
      seen.remove(seen.keySet().iterator().next());
    }
  }

  void received(long nowMillis, PublicKey peer, Message message) throws Malformed {
    for (Topic topic : Topic.values()) {
      if (message.kind() == topic.announce()) {
        announced(topic, peer, Announce.decode(message).hashes());
      } else if (message.kind() == topic.get()) {
        asked(topic, peer, Get.decode(message));
      } else if (message.kind() == topic.bodies()) {
        for (Bytes body : Chunk.decode(message).items()) {
          take(topic, peer, body);
        }
      }
    }
  }

  private void announced(Topic topic, PublicKey peer, List<Hash> hashes) {
    List<Hash> wanted =
        hashes.stream().filter(hash -> !seen.containsKey(hash)).limit(WANTED_MAX).toList();
    if (!wanted.isEmpty()) {
      outbox.send(peer, new Get(++requests, new Get.ByHash(wanted)).message(topic.get()));
    }
  }

  private void asked(Topic topic, PublicKey peer, Get get) {
    if (get.wanted() instanceof Get.ByHash(List<Hash> hashes)) {
      List<Bytes> bodies = new ArrayList<>();
      for (Hash hash : hashes) {
        switch (topic) {
          case TRANSACTIONS ->
              mempool.transaction(hash).ifPresent(found -> bodies.add(found.encode()));
          case WORK_CALLS -> mempool.workCall(hash).ifPresent(found -> bodies.add(found.encode()));
        }
      }
      outbox.send(
          peer, Chunk.fitting(topic.bodies(), get.request(), bodies).message(topic.bodies()));
    }
  }

  private void take(Topic topic, PublicKey peer, Bytes body) throws Malformed {
    Optional<Refusal> refusal =
        switch (topic) {
          case TRANSACTIONS ->
              mempool.offer(Reader.decode(body, Transaction::read), view(), epoch.signatures());
          case WORK_CALLS ->
              mempool.offer(Reader.decode(body, SignedWorkCall::read), view(), epoch.signatures());
        };
    Hash id = Hashing.sha256(body);
    if (refusal.isEmpty()) {
      announce(topic, id, Optional.of(peer));
    } else if (!(refusal.get() instanceof Refusal.NoOpenSlot)) {
      // A slot may open with the next block; anything else stays as it is.
      seen.put(id, timeMillis);
    }
  }

  private void announce(Topic topic, Hash id, Optional<PublicKey> from) {
    seen.put(id, timeMillis);
    Message message = new Announce(List.of(id)).message(topic.announce());
    for (PublicKey peer : peers) {
      if (from.filter(peer::equals).isEmpty()) {
        outbox.send(peer, message);
      }
    }
  }

  private PoolView view() {
    return new PoolView(chain.state(), epoch.chain(), epoch.parameters(), timeMillis);
  }
}

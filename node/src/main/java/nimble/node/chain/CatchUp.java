package nimble.node.chain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import nimble.chain.Block;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.p2p.Effect;
import nimble.p2p.HeightFetch;
import nimble.p2p.Message;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Fills the gap between the finalized block here and the one that others have. [HeightFetch] gives
/// blocks in order; one without a certificate of its own waits for a later block whose certificate
/// covers it, and only what is covered becomes final (N4).
final class CatchUp {
  /// What it needs of the replica around it.
  interface Host {
    long height();

    /// Whether `certificate` makes `block` final.
    boolean isFinal(Block block, Certificate certificate);

    /// Makes `blocks` final, the child of the newest final one first; `certificate` is the last
    /// one's.
    void makeFinal(List<Block> blocks, Certificate certificate);
  }

  /// Blocks in a row that have no certificate of their own.
  private static final int UNCOVERED_MAX = 256;

  /// Of these blocks (N11): no honest network makes so many full ones without making one final.
  static final long UNCOVERED_BYTES_MAX = 16L * Block.BYTES_MAX;

  private static final long NOWHERE_MILLIS = 20_000;
  private static final long REPORT_MILLIS = 10_000;

  /// Fewer missing blocks are here before anybody has read of them.
  private static final long FAR = 64;

  private static final String REMEDY =
      "the peers keep only later blocks: connect to one with storage.mode full or archive,"
          + " or stop, db reset, and start with --sync state";

  private record Waiting(long height, Block block, int bytes, PublicKey from) {}

  private final Outbox outbox;
  private final Penalties penalties;
  private final Reporter reporter;
  private final Host host;
  private final HeightFetch fetch;
  private final TreeSet<PublicKey> peers = new TreeSet<>();
  private final Deque<Waiting> uncovered = new ArrayDeque<>();

  /// Since when no peer has had the next block.
  private long nowhereMillis = Long.MAX_VALUE;

  private long reportedMillis;

  CatchUp(
      long height,
      Outbox outbox,
      LongSupplier requests,
      Penalties penalties,
      Reporter reporter,
      Host host) {
    this.outbox = outbox;
    this.penalties = penalties;
    this.reporter = reporter;
    this.host = host;
    this.fetch = new HeightFetch(height + 1, requests);
    // Whatever some peer has is wanted: what that is, `Joined` says.
    fetch.step(new HeightFetch.Wanted(Long.MAX_VALUE - HeightFetch.WINDOW_MAX), 0);
  }

  void connected(long nowMillis, PublicKey peer, long height) {
    peers.add(peer);
    step(nowMillis, new HeightFetch.Joined(peer, height));
  }

  void gone(long nowMillis, PublicKey peer) {
    peers.remove(peer);
    step(nowMillis, new HeightFetch.Left(peer));
  }

  /// `peer` says that a block is final which is not here, and not how high it stands. The first who
  /// says it is asked for all that it may have, later ones only when that one has nothing.
  void told(long nowMillis, PublicKey peer, boolean first) {
    if (peers.contains(peer)) {
      long more = first ? HeightFetch.PER_REQUEST : 1;
      step(nowMillis, new HeightFetch.Joined(peer, host.height() + more));
    }
  }

  /// @param behind whether a final block is known that is not here: then all are asked again
  void tick(long nowMillis, boolean behind) {
    step(nowMillis, new HeightFetch.Ticked());
    if (behind) {
      List.copyOf(peers).forEach(peer -> told(nowMillis, peer, true));
    }
    report(nowMillis);
  }

  /// N9.
  private void report(long nowMillis) {
    nowhereMillis = fetch.isNowhere() ? Math.min(nowhereMillis, nowMillis) : Long.MAX_VALUE;
    boolean nowhere = nowMillis - nowhereMillis >= NOWHERE_MILLIS;
    long missing = fetch.highest() - host.height();
    if ((!nowhere && missing < FAR) || nowMillis - reportedMillis < REPORT_MILLIS) {
      return;
    }
    reportedMillis = nowMillis;
    if (nowhere) {
      reporter.warn("blocks_nowhere", "next", fetch.next(), "peers", peers.size(), "do", REMEDY);
    } else {
      reporter.info("catching_up", "height", host.height(), "of", fetch.highest());
    }
  }

  /// Blocks may have become final without us.
  void reached(long nowMillis) {
    if (fetch.next() <= host.height()) {
      step(nowMillis, new HeightFetch.Reached(host.height()));
    }
  }

  /// Whether `peer` was asked for blocks that it has not sent.
  boolean awaits(PublicKey peer) {
    return fetch.awaits(peer);
  }

  void heard(long nowMillis, PublicKey peer, Message message) {
    step(nowMillis, new HeightFetch.Heard(peer, message));
  }

  private void step(long nowMillis, HeightFetch.Input input) {
    for (Effect effect : fetch.step(input, nowMillis)) {
      switch (effect) {
        case Effect.Send send -> outbox.send(send.peer(), send.message());
        case Effect.Penalize(var peer, var penalty, var reason) ->
            penalties.penalize(peer, penalty, reason);
        case Effect.DeliverAt(long height, Bytes body, PublicKey from) ->
            delivered(nowMillis, height, body, from);
        case Effect.Deliver _ -> Invariant.check(false, "%s by hash", effect);
      }
    }
  }

  private void delivered(long nowMillis, long height, Bytes body, PublicKey from) {
    uncovered.removeIf(waiting -> waiting.height() <= host.height());
    long expected = uncovered.isEmpty() ? host.height() + 1 : uncovered.getLast().height() + 1;
    if (height != expected) {
      return; // Final meanwhile, or above a block that was just rejected: it comes again.
    }
    try {
      FinalizedItem item = FinalizedItem.decode(body);
      if (item.block().header().height().value() != height) {
        throw new Malformed(
            "block %s was asked for as block %d".formatted(item.block().header().height(), height));
      }
      uncovered.add(new Waiting(height, item.block(), body.size(), from));
      Optional<Certificate> certificate = item.certificate();
      if (certificate.isPresent()) {
        if (!host.isFinal(item.block(), certificate.get())) {
          throw new Malformed("block %d is not final by its certificate".formatted(height));
        }
        cover(nowMillis, certificate.get());
      } else if (uncovered.size() >= UNCOVERED_MAX || uncoveredBytes() > UNCOVERED_BYTES_MAX) {
        Waiting first = uncovered.getFirst();
        reject(
            nowMillis,
            first.height(),
            first.from(),
            "no certificate within %d blocks of %d bytes"
                .formatted(uncovered.size(), uncoveredBytes()));
      }
    } catch (Malformed e) {
      reject(nowMillis, height, from, e.reason());
    }
  }

  private long uncoveredBytes() {
    return uncovered.stream().mapToLong(Waiting::bytes).sum();
  }

  /// The newest block is final: so are those that its parents' digests lead to. One that they do
  /// not lead to was made up by whoever sent it.
  private void cover(long nowMillis, Certificate certificate) {
    Hash expected = uncovered.getLast().block().digest();
    for (Waiting waiting : new ArrayList<>(uncovered).reversed()) {
      if (!waiting.block().digest().equals(expected)) {
        reject(
            nowMillis,
            waiting.height(),
            waiting.from(),
            "block %d is not the final one".formatted(waiting.height()));
        return;
      }
      expected = waiting.block().header().parent();
    }
    List<Block> blocks = uncovered.stream().map(Waiting::block).toList();
    uncovered.clear();
    host.makeFinal(blocks, certificate);
  }

  /// Nothing of what the same peer sent counts any more, and nothing above it.
  private void reject(long nowMillis, long height, PublicKey from, String reason) {
    long lowest =
        uncovered.stream()
            .filter(waiting -> waiting.from().equals(from))
            .mapToLong(Waiting::height)
            .reduce(height, Math::min);
    uncovered.removeIf(waiting -> waiting.height() >= lowest);
    step(nowMillis, new HeightFetch.Rejected(lowest, from, reason));
  }
}

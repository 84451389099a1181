package nimble.p2p;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Get.ByHash;
import nimble.p2p.Get.ByHeight;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// Spreads small bodies of one topic: announce hashes, fetch bodies.
///
/// - G1: a hash is fetched from one announcer at a time; when that one is late, leaves, or does not
///   have it, from the next. A body is delivered at most once while its hash is remembered.
/// - G2: only what the owner accepted is announced, once to each peer, and not to those who told
///   us.
/// - G3: a peer is asked for at most [#PENDING_MAX] bodies at a time, and may answer only what it
///   was asked.
/// - G4: everything remembered is bounded; when full, the oldest memory goes, and new wants are not
///   taken on. One peer can make us want [#OFFERED_MAX] bodies, and the second half of all is
///   shared out among the peers, so that none, nor many together, can crowd out others.
public final class Gossip {
  public static final int SEEN_MAX = 65_536;
  public static final int WANTED_MAX = 16_384;
  public static final int KNOWN_MAX = 4_096;
  public static final int PENDING_MAX = 256;
  public static final int OFFERED_MAX = 1_024;
  public static final int ANNOUNCERS_MAX = 8;
  public static final long REQUEST_MILLIS_MAX = 2_000;

  /// What happened.
  public sealed interface Input {}

  /// What this node holds is news to the newcomer, and to nobody else.
  ///
  /// @param held as if it had just been [Accepted], the first [#KNOWN_MAX] of it
  public record Joined(PublicKey peer, List<Hash> held) implements Input {}

  public record Left(PublicKey peer) implements Input {}

  /// A message of one of the topic's kinds.
  public record Heard(PublicKey peer, Message message) implements Input {}

  /// The owner holds these bodies and found them good.
  public record Accepted(List<Hash> hashes) implements Input {}

  /// The owner could not use these bodies yet: they may be announced and fetched again.
  public record Forgotten(List<Hash> hashes) implements Input {}

  /// Time has passed.
  public record Ticked() implements Input {}

  private record Asked(List<Hash> hashes, long untilMillis) {}

  private static final class Peer {
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private final Bounded<Long> late = new Bounded<>(PENDING_MAX);
    private final Bounded<Hash> known = new Bounded<>(KNOWN_MAX);

    /// What it will be asked for, as the first to announce it, when less is pending.
    private final LinkedHashSet<Hash> waiting = new LinkedHashSet<>();

    private int pending;
    private int offered;
  }

  private static final class Want {
    private final Deque<PublicKey> announcers = new ArrayDeque<>();
    private final PublicKey offeredBy;
    private @Nullable PublicKey askedOf;

    Want(PublicKey offeredBy) {
      this.offeredBy = offeredBy;
    }
  }

  private final Topic topic;
  private final Function<Bytes, Optional<Hash>> identity;
  private final Function<Hash, Optional<Bytes>> store;
  private final LongSupplier requests;
  private final TreeMap<PublicKey, Peer> peers = new TreeMap<>();
  private final Map<Hash, Want> wanted = new LinkedHashMap<>();
  private final LinkedHashSet<Hash> idle = new LinkedHashSet<>();
  private final Bounded<Hash> seen = new Bounded<>(SEEN_MAX);

  /// @param identity the hash of a body; empty when it is no body of this topic
  /// @param store what this node can serve
  /// @param requests numbers that this node has not used before
  public Gossip(
      Topic topic,
      Function<Bytes, Optional<Hash>> identity,
      Function<Hash, Optional<Bytes>> store,
      LongSupplier requests) {
    this.topic = topic;
    this.identity = identity;
    this.store = store;
    this.requests = requests;
  }

  public List<Effect> step(Input input, long nowMillis) {
    List<Effect> effects = new ArrayList<>();
    switch (input) {
      case Joined(PublicKey peer, List<Hash> held) -> joined(peer, held, effects);
      case Left(PublicKey peer) -> left(peer);
      case Heard(PublicKey peer, Message message) -> heard(peer, message, effects);
      case Accepted(List<Hash> hashes) -> announce(hashes, effects);
      case Forgotten(List<Hash> hashes) -> hashes.forEach(seen::remove);
      case Ticked() -> expire(nowMillis, effects);
    }
    ask(nowMillis, effects);
    return effects;
  }

  private void joined(PublicKey id, List<Hash> held, List<Effect> effects) {
    Peer peer = new Peer();
    peers.put(id, peer);
    announce(id, peer, held.subList(0, Math.min(held.size(), KNOWN_MAX)), effects);
  }

  private void left(PublicKey peer) {
    Peer gone = peers.remove(peer);
    if (gone != null) {
      gone.asked.values().forEach(asked -> release(peer, asked.hashes()));
      idle.addAll(gone.waiting);
    }
  }

  private void heard(PublicKey from, Message message, List<Effect> effects) {
    Peer peer = peers.get(from);
    if (peer == null) {
      return;
    }
    try {
      if (message.kind() == topic.announce()) {
        announced(from, peer, Announce.decode(message).hashes());
      } else if (message.kind() == topic.get()) {
        serve(from, Get.decode(message), effects);
      } else if (message.kind() == topic.bodies()) {
        answered(from, peer, Chunk.decode(message), effects);
      }
    } catch (Malformed e) {
      effects.add(new Effect.Penalize(from, Penalty.LARGE, String.valueOf(e.getMessage())));
    }
  }

  private void announced(PublicKey from, Peer peer, List<Hash> hashes) {
    for (Hash hash : hashes) {
      peer.known.add(hash);
      Want want = wanted.get(hash);
      if (want == null && !seen.contains(hash)) {
        want = want(hash, from, peer);
      }
      if (want != null
          && want.announcers.size() < ANNOUNCERS_MAX
          && !want.announcers.contains(from)) {
        want.announcers.add(from);
      }
    }
  }

  /// G4.
  private @Nullable Want want(Hash hash, PublicKey from, Peer peer) {
    int share = WANTED_MAX / 2 / peers.size();
    int most = wanted.size() < WANTED_MAX / 2 ? OFFERED_MAX : Math.min(OFFERED_MAX, share);
    if (wanted.size() >= WANTED_MAX || peer.offered >= most) {
      return null;
    }
    peer.offered++;
    Want want = new Want(from);
    wanted.put(hash, want);
    idle.add(hash);
    return want;
  }

  private void unwant(Hash hash) {
    idle.remove(hash);
    Want gone = wanted.remove(hash);
    PublicKey first = gone == null ? null : gone.announcers.peek();
    Peer waitedFor = first == null ? null : peers.get(first);
    if (waitedFor != null) {
      waitedFor.waiting.remove(hash);
    }
    Peer offering = gone == null ? null : peers.get(gone.offeredBy);
    if (offering != null && offering.offered > 0) {
      offering.offered--;
    }
  }

  private void serve(PublicKey to, Get get, List<Effect> effects) throws Malformed {
    List<Bytes> bodies =
        switch (get.wanted()) {
          case ByHash(List<Hash> hashes) -> bodies(hashes);
          case ByHeight(long from, int count) -> throw new Malformed("gossip has no heights");
        };
    Message answer = Chunk.fitting(topic.bodies(), get.request(), bodies).message(topic.bodies());
    effects.add(new Effect.Send(to, Lane.CONTROL, answer));
  }

  /// As many as an answer may hold, and one more by which it knows that it is cut.
  private List<Bytes> bodies(List<Hash> hashes) {
    List<Bytes> bodies = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < hashes.size() && bytes <= topic.bodies().sizeMax(); i++) {
      Optional<Bytes> body = store.apply(hashes.get(i));
      bytes += body.map(Bytes::size).orElse(0);
      body.ifPresent(bodies::add);
    }
    return bodies;
  }

  private void answered(PublicKey from, Peer peer, Chunk chunk, List<Effect> effects) {
    Asked asked = peer.asked.remove(chunk.request());
    if (asked == null) {
      if (peer.late.remove(chunk.request())) {
        return; // Paid for when it was late.
      }
      effects.add(new Effect.Penalize(from, Penalty.SMALL, "an answer to no request"));
      return;
    }
    peer.pending -= asked.hashes().size();
    LinkedHashSet<Hash> open = new LinkedHashSet<>(asked.hashes());
    for (Bytes body : chunk.items()) {
      Optional<Hash> hash = identity.apply(body);
      if (hash.isEmpty() || !open.remove(hash.get())) {
        effects.add(new Effect.Penalize(from, Penalty.LARGE, "a body that was not asked for"));
        continue;
      }
      unwant(hash.get());
      if (seen.add(hash.get())) {
        effects.add(new Effect.Deliver(hash.get(), body, from));
      }
    }
    boolean hasMore = chunk.truncated() && !chunk.items().isEmpty();
    for (Hash hash : open) {
      Want want = wanted.get(hash);
      if (want != null && hasMore) {
        want.announcers.addFirst(from);
      }
    }
    release(from, List.copyOf(open));
  }

  /// `from` is not asked for these any more; the next announcer will be.
  private void release(PublicKey from, List<Hash> hashes) {
    for (Hash hash : hashes) {
      Want want = wanted.get(hash);
      if (want != null && from.equals(want.askedOf)) {
        want.askedOf = null;
        idle.add(hash);
      }
    }
  }

  private void announce(List<Hash> hashes, List<Effect> effects) {
    hashes.forEach(hash -> {
      seen.add(hash);
      unwant(hash);
    });
    peers.forEach((id, peer) -> announce(id, peer, hashes, effects));
  }

  private void announce(PublicKey id, Peer peer, List<Hash> hashes, List<Effect> effects) {
    List<Hash> news = hashes.stream().filter(peer.known::add).toList();
    for (int i = 0; i < news.size(); i += Announce.HASHES_MAX) {
      List<Hash> some = news.subList(i, Math.min(news.size(), i + Announce.HASHES_MAX));
      effects.add(new Effect.Send(id, Lane.CONTROL, new Announce(some).message(topic.announce())));
    }
  }

  /// One penalty for all that is late: a peer that stalls has stalled once.
  private void expire(long nowMillis, List<Effect> effects) {
    peers.forEach((id, peer) -> {
      boolean stalls =
          peer.asked
              .entrySet()
              .removeIf(entry -> {
                Asked asked = entry.getValue();
                boolean late = asked.untilMillis() <= nowMillis;
                if (late) {
                  peer.late.add(entry.getKey());
                  peer.pending -= asked.hashes().size();
                  release(id, asked.hashes());
                }
                return late;
              });
      if (stalls) {
        effects.add(new Effect.Penalize(id, Penalty.SMALL, "no answer in time"));
      }
    });
  }

  /// G1: asks the first announcer that is still there, for all that nobody is asked for.
  private void ask(long nowMillis, List<Effect> effects) {
    peers
        .values()
        .forEach(peer -> {
          for (int free = PENDING_MAX - peer.pending; free > 0 && !peer.waiting.isEmpty(); free--) {
            idle.add(peer.waiting.removeFirst());
          }
        });
    Map<PublicKey, List<Hash>> asks = new TreeMap<>();
    List<Hash> open = List.copyOf(idle);
    idle.clear();
    for (Hash hash : open) {
      Want want = wanted.get(hash);
      if (want == null) {
        continue;
      }
      want.announcers.removeIf(announcer -> !peers.containsKey(announcer));
      PublicKey first = want.announcers.peek();
      Peer peer = first == null ? null : peers.get(first);
      if (first == null || peer == null) {
        unwant(hash);
      } else if (peer.pending < PENDING_MAX) {
        peer.pending++;
        want.announcers.remove();
        want.askedOf = first;
        asks.computeIfAbsent(first, key -> new ArrayList<>()).add(hash);
      } else {
        peer.waiting.add(hash);
      }
    }
    asks.forEach((peer, hashes) -> request(peer, hashes, nowMillis, effects));
  }

  private void request(PublicKey id, List<Hash> hashes, long nowMillis, List<Effect> effects) {
    Peer peer = peers.get(id);
    if (peer == null) {
      return;
    }
    long number = requests.getAsLong();
    peer.asked.put(number, new Asked(List.copyOf(hashes), nowMillis + REQUEST_MILLIS_MAX));
    Message message = new Get(number, new ByHash(hashes)).message(topic.get());
    effects.add(new Effect.Send(id, Lane.CONTROL, message));
  }
}

package nimble.p2p;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Get.ByHash;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Fetches what is known by hash, from several peers at once: chunks of blobs, manifests, blocks.
/// Resumable by construction: it begins with what is missing.
///
/// - F1: every item is checked against its hash before it is delivered, and delivered once.
/// - F2: an item is asked of one peer at a time. A peer that was late or did not have it is not
///   asked for it again until [#FORGET_MILLIS] have passed.
/// - F3: a peer has at most [#REQUESTS_MAX] requests to answer at a time.
public final class HashFetch {
  public static final int REQUESTS_MAX = 4;
  public static final int WANTED_MAX = 1 << 20;
  public static final long REQUEST_MILLIS_MAX = 15_000;
  public static final long FORGET_MILLIS = 5_000;

  /// What is fetched: the kinds that ask and answer, where, and how much at once.
  public record Goods(Kind get, Kind answer, Lane lane, int perRequest) {
    public static final Goods BLOBS = new Goods(Kind.BLOB_GET, Kind.BLOBS, Lane.BULK, 4);
    public static final Goods MANIFESTS =
        new Goods(Kind.MANIFEST_GET, Kind.MANIFESTS, Lane.BULK, 1);
    public static final Goods BLOCKS = new Goods(Kind.BLOCK_GET, Kind.BLOCKS, Lane.CONTROL, 2);
  }

  /// What happened.
  public sealed interface Input {}

  public record Wanted(List<Hash> hashes) implements Input {}

  /// Not wanted any more; what comes of it still is not delivered.
  public record Dropped(List<Hash> hashes) implements Input {}

  public record Joined(PublicKey peer) implements Input {}

  public record Left(PublicKey peer) implements Input {}

  /// A message of the answering kind; others are not for this fetch.
  public record Heard(PublicKey peer, Message message) implements Input {}

  /// Time has passed.
  public record Ticked() implements Input {}

  private record Asked(List<Hash> hashes, long untilMillis) {}

  private static final class Source {
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private final TreeSet<Hash> lacks = new TreeSet<>();
  }

  private final Goods goods;
  private final Function<Bytes, Optional<Hash>> identity;
  private final LongSupplier requests;
  private final TreeMap<PublicKey, Source> sources = new TreeMap<>();
  private final LinkedHashSet<Hash> idle = new LinkedHashSet<>();
  private final LinkedHashSet<Hash> missing = new LinkedHashSet<>();
  private long forgotMillis;

  public HashFetch(Goods goods, Function<Bytes, Optional<Hash>> identity, LongSupplier requests) {
    this.goods = goods;
    this.identity = identity;
    this.requests = requests;
  }

  /// What has not come yet.
  public List<Hash> missing() {
    return List.copyOf(missing);
  }

  public boolean isDone() {
    return missing.isEmpty();
  }

  public List<Effect> step(Input input, long nowMillis) {
    List<Effect> effects = new ArrayList<>();
    switch (input) {
      case Wanted(List<Hash> hashes) -> want(hashes);
      case Dropped(List<Hash> hashes) ->
          hashes.forEach(hash -> {
            missing.remove(hash);
            idle.remove(hash);
          });
      case Joined(PublicKey peer) -> sources.putIfAbsent(peer, new Source());
      case Left(PublicKey peer) -> {
        Source gone = sources.remove(peer);
        if (gone != null) {
          gone.asked.values().forEach(asked -> release(asked.hashes()));
        }
      }
      case Heard(PublicKey peer, Message message) -> heard(peer, message, effects);
      case Ticked() -> expire(nowMillis, effects);
    }
    ask(nowMillis, effects);
    return effects;
  }

  private void want(List<Hash> hashes) {
    for (Hash hash : hashes) {
      if (missing.size() < WANTED_MAX && missing.add(hash)) {
        idle.add(hash);
      }
    }
  }

  private void heard(PublicKey from, Message message, List<Effect> effects) {
    Source source = sources.get(from);
    if (source == null || message.kind() != goods.answer()) {
      return;
    }
    try {
      Chunk chunk = Chunk.decode(message);
      Asked asked = source.asked.remove(chunk.request());
      // No answer of ours: another fetch of the same goods may have asked, or it came too late.
      if (asked != null) {
        answered(from, source, asked, chunk, effects);
      }
    } catch (Malformed e) {
      effects.add(new Effect.Penalize(from, Penalty.LARGE, String.valueOf(e.getMessage())));
    }
  }

  private void answered(
      PublicKey from, Source source, Asked asked, Chunk chunk, List<Effect> effects) {
    LinkedHashSet<Hash> open = new LinkedHashSet<>(asked.hashes());
    for (Bytes body : chunk.items()) {
      Optional<Hash> hash = identity.apply(body);
      if (hash.isEmpty() || !open.remove(hash.get())) {
        effects.add(new Effect.Penalize(from, Penalty.LARGE, "an item that was not asked for"));
      } else if (missing.remove(hash.get())) {
        idle.remove(hash.get());
        effects.add(new Effect.Deliver(hash.get(), body, from));
      }
    }
    if (!chunk.truncated() || chunk.items().isEmpty()) {
      source.lacks.addAll(open);
    }
    release(open);
  }

  private void release(Iterable<Hash> hashes) {
    for (Hash hash : hashes) {
      if (missing.contains(hash)) {
        idle.add(hash);
      }
    }
  }

  private void expire(long nowMillis, List<Effect> effects) {
    if (nowMillis - forgotMillis >= FORGET_MILLIS) {
      forgotMillis = nowMillis;
      sources.values().forEach(source -> source.lacks.clear());
    }
    sources.forEach((peer, source) -> {
      Iterator<Asked> open = source.asked.values().iterator();
      while (open.hasNext()) {
        Asked asked = open.next();
        if (asked.untilMillis() <= nowMillis) {
          open.remove();
          source.lacks.addAll(asked.hashes());
          release(asked.hashes());
          effects.add(new Effect.Penalize(peer, Penalty.SMALL, "no answer in time"));
        }
      }
    });
  }

  /// One request for each peer in turn, until nobody takes more.
  private void ask(long nowMillis, List<Effect> effects) {
    boolean asked;
    do {
      asked = false;
      for (Map.Entry<PublicKey, Source> entry : sources.entrySet()) {
        Source source = entry.getValue();
        if (source.asked.size() < REQUESTS_MAX) {
          List<Hash> some = pick(source);
          if (!some.isEmpty()) {
            long number = requests.getAsLong();
            source.asked.put(number, new Asked(some, nowMillis + REQUEST_MILLIS_MAX));
            Message message = new Get(number, new ByHash(some)).message(goods.get());
            effects.add(new Effect.Send(entry.getKey(), goods.lane(), message));
            asked = true;
          }
        }
      }
    } while (asked);
  }

  private List<Hash> pick(Source source) {
    List<Hash> some = new ArrayList<>();
    Iterator<Hash> next = idle.iterator();
    while (next.hasNext() && some.size() < goods.perRequest()) {
      Hash hash = next.next();
      if (!source.lacks.contains(hash)) {
        some.add(hash);
        next.remove();
      }
    }
    return some;
  }
}

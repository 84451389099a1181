package nimble.p2p;

import java.util.ArrayList;
import java.util.Comparator;
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
/// - F4: an item with preferred peers is asked of nobody else for [#PREFERRED_MILLIS], unless none
///   of these can be asked: gone, late, or without it.
/// - F5: a peer that owes answers and has given none for [#STALL_MILLIS], or holds a request for
///   [#REQUEST_MILLIS_MAX], is late: others are asked for what it owes, and it is asked for one
///   item at a time until it answers in time, then for one more with each such answer. What it
///   brings late counts if it is still missing. A slow line is no fault: who is late already is
///   blamed again only if nothing at all has come from it for [#REQUEST_MILLIS_MAX].
public final class HashFetch {
  public static final int REQUESTS_MAX = 4;
  public static final int WANTED_MAX = 1 << 20;
  public static final long REQUEST_MILLIS_MAX = 15_000;
  public static final long STALL_MILLIS = 3_000;
  public static final long PREFERRED_MILLIS = 3_000;
  private static final int OVERDUE_MAX = 16;
  public static final long FORGET_MILLIS = 5_000;

  /// What is fetched: the kinds that ask and answer, where, and how much at once.
  public record Goods(Kind get, Kind answer, Lane lane, int perRequest) {
    public static final Goods BLOBS = new Goods(Kind.BLOB_GET, Kind.BLOBS, Lane.BULK, 4);
    public static final Goods MANIFESTS =
        new Goods(Kind.MANIFEST_GET, Kind.MANIFESTS, Lane.BULK, 1);
    public static final Goods SNAPSHOTS =
        new Goods(Kind.SNAPSHOT_GET, Kind.SNAPSHOTS, Lane.BULK, 2);
    public static final Goods BLOCKS = new Goods(Kind.BLOCK_GET, Kind.BLOCKS, Lane.CONTROL, 2);
  }

  /// What happened.
  public sealed interface Input {}

  /// @param preferred asked first, whatever others have (F4)
  public record Wanted(List<Hash> hashes, List<PublicKey> preferred) implements Input {
    public Wanted(List<Hash> hashes) {
      this(hashes, List.of());
    }
  }

  /// Not wanted any more; what comes of it still is not delivered.
  public record Dropped(List<Hash> hashes) implements Input {}

  public record Joined(PublicKey peer) implements Input {}

  public record Left(PublicKey peer) implements Input {}

  /// A message of the answering kind; others are not for this fetch.
  public record Heard(PublicKey peer, Message message) implements Input {}

  /// Time has passed.
  public record Ticked() implements Input {}

  private record Preference(List<PublicKey> peers, long untilMillis) {}

  private record Asked(List<Hash> hashes, long sinceMillis) {}

  private static final class Source {
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private final TreeSet<Hash> lacks = new TreeSet<>();
    private final LinkedHashSet<Long> overdue = new LinkedHashSet<>();
    private int itemsMax;
    private long heardMillis;
    private long answeredMillis;
    private long tookMillis;
    private boolean late;

    Source(int itemsMax) {
      this.itemsMax = itemsMax;
    }

    int itemsAsked() {
      return asked.values().stream().mapToInt(it -> it.hashes().size()).sum();
    }

    boolean isLate(long nowMillis) {
      return asked.values().stream()
          .anyMatch(it ->
              nowMillis >= it.sinceMillis() + REQUEST_MILLIS_MAX
                  || nowMillis >= Math.max(it.sinceMillis(), answeredMillis) + STALL_MILLIS);
    }
  }

  private final Goods goods;
  private final Function<Bytes, Optional<Hash>> identity;
  private final LongSupplier requests;
  private final TreeMap<PublicKey, Source> sources = new TreeMap<>();
  private final LinkedHashSet<Hash> idle = new LinkedHashSet<>();
  private final LinkedHashSet<Hash> missing = new LinkedHashSet<>();
  private final Map<Hash, Preference> preferred = new LinkedHashMap<>();
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
      case Wanted(List<Hash> hashes, List<PublicKey> first) -> want(hashes, first, nowMillis);
      case Dropped(List<Hash> hashes) -> hashes.forEach(this::forget);
      case Joined(PublicKey peer) -> sources.putIfAbsent(peer, new Source(itemsMax()));
      case Left(PublicKey peer) -> {
        Source gone = sources.remove(peer);
        if (gone != null) {
          gone.asked.values().forEach(asked -> release(asked.hashes()));
        }
      }
      case Heard(PublicKey peer, Message message) -> heard(peer, message, nowMillis, effects);
      case Ticked() -> expire(nowMillis, effects);
    }
    ask(nowMillis, effects);
    return effects;
  }

  private int itemsMax() {
    return REQUESTS_MAX * goods.perRequest();
  }

  private void want(List<Hash> hashes, List<PublicKey> first, long nowMillis) {
    for (Hash hash : hashes) {
      if (missing.size() < WANTED_MAX && missing.add(hash)) {
        idle.add(hash);
      }
      if (missing.contains(hash) && !first.isEmpty()) {
        preferred.put(hash, new Preference(first, nowMillis + PREFERRED_MILLIS));
      }
    }
  }

  private boolean forget(Hash hash) {
    idle.remove(hash);
    preferred.remove(hash);
    return missing.remove(hash);
  }

  private void heard(PublicKey from, Message message, long nowMillis, List<Effect> effects) {
    Source source = sources.get(from);
    if (source == null || message.kind() != goods.answer()) {
      return;
    }
    try {
      Chunk chunk = Chunk.decode(message);
      Asked asked = source.asked.remove(chunk.request());
      if (asked != null) {
        source.heardMillis = nowMillis;
        source.answeredMillis = nowMillis;
        source.itemsMax = Math.min(itemsMax(), source.itemsMax + 1);
        source.tookMillis = nowMillis - asked.sinceMillis();
        source.late = false;
        answered(from, source, asked, chunk, effects);
      } else if (source.overdue.remove(chunk.request())) {
        source.heardMillis = nowMillis;
        late(from, chunk, effects);
      }
      // Otherwise no answer of ours: another fetch of the same goods may have asked.
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
      } else {
        take(hash.get(), body, from, effects);
      }
    }
    if (!chunk.truncated() || chunk.items().isEmpty()) {
      source.lacks.addAll(open);
    }
    release(open);
  }

  private void late(PublicKey from, Chunk chunk, List<Effect> effects) {
    for (Bytes body : chunk.items()) {
      identity.apply(body).ifPresent(hash -> take(hash, body, from, effects));
    }
  }

  private void take(Hash hash, Bytes body, PublicKey from, List<Effect> effects) {
    if (forget(hash)) {
      effects.add(new Effect.Deliver(hash, body, from));
    }
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
      if (source.isLate(nowMillis)) {
        if (!source.late || nowMillis - source.heardMillis >= REQUEST_MILLIS_MAX) {
          effects.add(new Effect.Penalize(peer, Penalty.SMALL, "no answer in time"));
        }
        late(source);
      }
    });
  }

  /// F5.
  private void late(Source source) {
    source.late = true;
    source.itemsMax = 1;
    for (Map.Entry<Long, Asked> entry : source.asked.entrySet()) {
      source.lacks.addAll(entry.getValue().hashes());
      release(entry.getValue().hashes());
      source.overdue.add(entry.getKey());
    }
    source.asked.clear();
    while (source.overdue.size() > OVERDUE_MAX) {
      source.overdue.removeFirst();
    }
  }

  /// Those who are late get what the others have no hand free for.
  private void ask(long nowMillis, List<Effect> effects) {
    askAll(false, nowMillis, effects);
    askAll(true, nowMillis, effects);
  }

  /// One request for each peer in turn, the quickest first, until nobody takes more.
  private void askAll(boolean late, long nowMillis, List<Effect> effects) {
    List<Map.Entry<PublicKey, Source>> quickest = new ArrayList<>(sources.entrySet());
    quickest.sort(Comparator.comparingLong(entry -> entry.getValue().tookMillis));
    boolean asked;
    do {
      asked = false;
      for (Map.Entry<PublicKey, Source> entry : quickest) {
        Source source = entry.getValue();
        if (source.late == late && source.asked.size() < REQUESTS_MAX) {
          List<Hash> some = pick(entry.getKey(), source, nowMillis);
          if (!some.isEmpty()) {
            long number = requests.getAsLong();
            source.asked.put(number, new Asked(some, nowMillis));
            Message message = new Get(number, new ByHash(some)).message(goods.get());
            effects.add(new Effect.Send(entry.getKey(), goods.lane(), message));
            asked = true;
          }
        }
      }
    } while (asked);
  }

  private List<Hash> pick(PublicKey peer, Source source, long nowMillis) {
    int count =
        Math.min(
            Math.ceilDiv(source.itemsMax, REQUESTS_MAX), source.itemsMax - source.itemsAsked());
    List<Hash> some = new ArrayList<>();
    Iterator<Hash> next = idle.iterator();
    while (next.hasNext() && some.size() < count) {
      Hash hash = next.next();
      if (!source.lacks.contains(hash) && mayAsk(peer, hash, nowMillis)) {
        some.add(hash);
        next.remove();
      }
    }
    return some;
  }

  /// F4.
  private boolean mayAsk(PublicKey peer, Hash hash, long nowMillis) {
    Preference first = preferred.get(hash);
    return first == null
        || nowMillis >= first.untilMillis()
        || first.peers().contains(peer)
        || first.peers().stream()
            .map(sources::get)
            .allMatch(each -> each == null || each.late || each.lacks.contains(hash));
  }
}

package nimble.p2p;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Get.ByHeight;
import nimble.types.PublicKey;

/// Fills a gap of finalized blocks by height, from several peers at once, and delivers them in
/// order. What a block says is checked by the owner, who answers a bad one with `Rejected`.
///
/// - H1: heights are delivered in order and without gaps; after `Rejected(h)` again from h.
/// - H2: the source of a rejected block gets a large penalty and is not asked again, as long as it
///   is among the newest [#DISTRUSTED_MAX] of these.
/// - H3: a peer that was late rests for [#REST_MILLIS], so that others are asked.
/// - H4: at most [#WINDOW_MAX] heights are asked for or held beyond what was delivered, and while
///   [#HELD_BYTES_MAX] are held, only what comes next.
/// - H5: what a peer has not answered after [#DOUBLE_MILLIS] is asked of another too, and the slow
///   one of nothing more until it has answered.
/// - H6: the next height is nowhere when who was asked for it has nothing, and nobody is left to be
///   asked ([#isNowhere]).
public final class HeightFetch {
  public static final int WINDOW_MAX = 256;
  public static final long HELD_BYTES_MAX = 64 << 20;
  public static final int PER_REQUEST = 16;
  static final int DISTRUSTED_MAX = 1_024;
  public static final int REQUESTS_MAX = 2;
  public static final long REQUEST_MILLIS_MAX = 10_000;
  public static final long DOUBLE_MILLIS = 1_000;
  public static final long REST_MILLIS = 20_000;

  /// What happened.
  public sealed interface Input {}

  /// Blocks up to this height are wanted.
  public record Wanted(long height) implements Input {}

  /// The owner has got all blocks up to this height, in whatever way.
  public record Reached(long height) implements Input {}

  /// A peer that says it has blocks up to `height`; said again, it says more.
  public record Joined(PublicKey peer, long height) implements Input {}

  public record Left(PublicKey peer) implements Input {}

  public record Heard(PublicKey peer, Message message) implements Input {}

  /// A delivered block turned out to be bad.
  public record Rejected(long height, PublicKey from, String reason) implements Input {}

  /// Time has passed.
  public record Ticked() implements Input {}

  /// @param doubled others may be asked for the same
  private record Asked(long from, int count, long atMillis, boolean doubled) {}

  private record Held(Bytes body, PublicKey from) {}

  private static final class Source {
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private long height;
    private long lacks = -1;
    private long restsUntilMillis;

    Source(long height) {
      this.height = height;
    }
  }

  private final LongSupplier requests;
  private final TreeMap<PublicKey, Source> sources = new TreeMap<>();
  private final Bounded<PublicKey> distrusted = new Bounded<>(DISTRUSTED_MAX);
  private final TreeSet<Long> pending = new TreeSet<>();
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private long next;
  private long wanted;

  /// @param next the first height that is missing
  public HeightFetch(long next, LongSupplier requests) {
    this.next = next;
    this.wanted = next - 1;
    this.requests = requests;
  }

  /// The first height that was not delivered.
  public long next() {
    return next;
  }

  public boolean isDone() {
    return next > wanted;
  }

  /// The highest that peers say they have.
  public long highest() {
    return sources.values().stream().mapToLong(it -> it.height).reduce(next - 1, Math::max);
  }

  /// H6.
  public boolean isNowhere() {
    return sources.values().stream().anyMatch(it -> it.lacks == next)
        && sources.values().stream().noneMatch(it -> it.height >= next && it.lacks != next);
  }

  /// Whether `peer` was asked for blocks that it has not sent.
  public boolean awaits(PublicKey peer) {
    Source source = sources.get(peer);
    return source != null && !source.asked.isEmpty();
  }

  public List<Effect> step(Input input, long nowMillis) {
    List<Effect> effects = new ArrayList<>();
    switch (input) {
      case Wanted(long height) -> wanted = Math.max(wanted, height);
      case Reached(long height) -> next = Math.max(next, height + 1);
      case Joined(PublicKey peer, long height) -> joined(peer, height);
      case Left(PublicKey peer) -> left(peer);
      case Heard(PublicKey peer, Message message) -> heard(peer, message, effects);
      case Rejected(long height, PublicKey from, String reason) -> {
        rejected(height, from);
        effects.add(new Effect.Penalize(from, Penalty.LARGE, reason));
      }
      case Ticked() -> expire(nowMillis, effects);
    }
    deliver(effects);
    ask(nowMillis, effects);
    return effects;
  }

  private void joined(PublicKey peer, long height) {
    if (!distrusted.contains(peer)) {
      Source source = sources.computeIfAbsent(peer, key -> new Source(height));
      source.height = Math.max(source.height, height);
    }
  }

  private void left(PublicKey peer) {
    Source gone = sources.remove(peer);
    if (gone != null) {
      gone.asked.values().forEach(this::release);
    }
  }

  private void release(Asked asked) {
    if (!asked.doubled()) {
      pending.subSet(asked.from(), asked.from() + asked.count()).clear();
    }
  }

  private void heard(PublicKey from, Message message, List<Effect> effects) {
    Source source = sources.get(from);
    if (source == null || message.kind() != Kind.BLOCKS) {
      return;
    }
    try {
      Chunk chunk = Chunk.decode(message);
      Asked asked = source.asked.remove(chunk.request());
      if (asked != null) {
        release(asked);
        answered(from, source, asked, chunk, effects);
      }
    } catch (Malformed e) {
      effects.add(new Effect.Penalize(from, Penalty.LARGE, String.valueOf(e.getMessage())));
    }
  }

  private void answered(
      PublicKey from, Source source, Asked asked, Chunk chunk, List<Effect> effects) {
    if (chunk.items().size() > asked.count()) {
      effects.add(new Effect.Penalize(from, Penalty.LARGE, "more blocks than asked for"));
      return;
    }
    for (int i = 0; i < chunk.items().size(); i++) {
      hold(asked.from() + i, new Held(chunk.items().get(i), from));
    }
    boolean hasMore = chunk.truncated() && !chunk.items().isEmpty();
    if (chunk.items().isEmpty()) {
      source.lacks = asked.from();
    }
    if (!hasMore) {
      // It has no more than this, whatever it said.
      long last = asked.from() + chunk.items().size() - 1;
      if (chunk.items().size() < asked.count()) {
        source.height = Math.min(source.height, last);
      }
    }
  }

  /// H4.
  private void hold(long height, Held block) {
    if (height < next + PER_REQUEST || heldBytes() < HELD_BYTES_MAX) {
      held.putIfAbsent(height, block);
    }
  }

  long heldBytes() {
    return held.values().stream().mapToLong(it -> it.body().size()).sum();
  }

  /// H2.
  private void rejected(long height, PublicKey from) {
    distrusted.add(from);
    left(from);
    held.values().removeIf(block -> block.from().equals(from));
    next = Math.min(next, height);
  }

  private void expire(long nowMillis, List<Effect> effects) {
    sources.forEach((peer, source) -> {
      Iterator<Map.Entry<Long, Asked>> open = source.asked.entrySet().iterator();
      while (open.hasNext()) {
        Map.Entry<Long, Asked> entry = open.next();
        Asked asked = entry.getValue();
        if (nowMillis - asked.atMillis() >= REQUEST_MILLIS_MAX) {
          open.remove();
          release(asked);
          source.restsUntilMillis = nowMillis + REST_MILLIS; // H3.
          effects.add(new Effect.Penalize(peer, Penalty.SMALL, "no answer in time"));
        } else if (nowMillis - asked.atMillis() >= DOUBLE_MILLIS) {
          release(asked);
          entry.setValue(new Asked(asked.from(), asked.count(), asked.atMillis(), true)); // H5.
        }
      }
    });
  }

  /// H1.
  private void deliver(List<Effect> effects) {
    held.headMap(next).clear();
    Held block = held.remove(next);
    while (block != null) {
      effects.add(new Effect.DeliverAt(next, block.body(), block.from()));
      next++;
      block = held.remove(next);
    }
  }

  private void ask(long nowMillis, List<Effect> effects) {
    boolean asked;
    do {
      asked = false;
      for (Map.Entry<PublicKey, Source> entry : sources.entrySet()) {
        Source source = entry.getValue();
        boolean free =
            source.asked.size() < REQUESTS_MAX
                && source.asked.values().stream().noneMatch(Asked::doubled)
                && source.restsUntilMillis <= nowMillis;
        if (free && ask(entry.getKey(), source, nowMillis, effects)) {
          asked = true;
        }
      }
    } while (asked);
  }

  private boolean ask(PublicKey peer, Source source, long nowMillis, List<Effect> effects) {
    // H4.
    int window = heldBytes() < HELD_BYTES_MAX ? WINDOW_MAX : PER_REQUEST;
    long last = Math.min(Math.min(wanted, source.height), next + window - 1);
    long from = next;
    while (from <= last && isTaken(from)) {
      from++;
    }
    int count = 0;
    while (from + count <= last && count < PER_REQUEST && !isTaken(from + count)) {
      pending.add(from + count);
      count++;
    }
    if (count == 0) {
      return false;
    }
    long number = requests.getAsLong();
    source.asked.put(number, new Asked(from, count, nowMillis, false));
    Message message = new Get(number, new ByHeight(from, count)).message(Kind.BLOCK_GET);
    effects.add(new Effect.Send(peer, Lane.CONTROL, message));
    return true;
  }

  private boolean isTaken(long height) {
    return pending.contains(height) || held.containsKey(height);
  }
}

package nimble.node.sync;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.light.EpochStep;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.types.PublicKey;

/// Follows the epochs to what peers offer, one peer at a time, and proves it (S2, S9).
final class Walk {
  /// What it needs of the sync around it.
  interface Host {
    void ask(PublicKey peer, Message message);

    /// What the peer said is false.
    void drop(PublicKey peer, String reason);

    /// The way goes on from `epoch`.
    void follows(long epoch, long of);
  }

  /// Asked for at once: with sets of a hundred validators, an answer of half a megabyte.
  static final int STEPS = 32;

  private static final long ANSWER_MILLIS = 5_000;

  private record Guide(PublicKey peer, long request, int count, long sinceMillis) {}

  private final WayStore store;
  private final Offers offers;
  private final LongSupplier requests;
  private final Host host;

  /// Since when each one waits for its turn.
  private final TreeMap<PublicKey, Long> waiting = new TreeMap<>();

  private Optional<Guide> guide = Optional.empty();
  private long nowMillis;

  Walk(WayStore store, Offers offers, LongSupplier requests, Host host) {
    this.store = store;
    this.offers = offers;
    this.requests = requests;
    this.host = host;
  }

  /// Whether somebody leads to what is newer than all that is proven.
  boolean isUnderWay() {
    return guide.isPresent();
  }

  /// Time has passed, or there are other offers.
  void step(long now) {
    nowMillis = now;
    offers.open().forEach(it -> waiting.putIfAbsent(it.peer(), now));
    if (guide.filter(it -> now - it.sinceMillis() >= ANSWER_MILLIS).isPresent()) {
      waiting.put(guide.orElseThrow().peer(), now);
      leave();
    }
    if (store.way().isSure()) {
      prove();
    }
    while (guide.isEmpty() && lead()) {
      // The next one: what this one led to is proven, or it is dropped.
    }
  }

  void gone(PublicKey peer) {
    waiting.remove(peer);
    if (guide.filter(it -> it.peer().equals(peer)).isPresent()) {
      leave();
    }
  }

  void heard(PublicKey peer, Chunk chunk, long now) {
    nowMillis = now;
    Optional<Guide> asked =
        guide.filter(it -> it.peer().equals(peer) && it.request() == chunk.request());
    if (asked.isPresent()) {
      try {
        follow(asked.get(), chunk.items());
      } catch (Malformed e) {
        host.drop(peer, e.reason());
      }
      if (guide.equals(asked)) {
        guide = Optional.empty();
        goOn(peer);
      }
      step(now);
    }
  }

  private void follow(Guide asked, List<Bytes> items) throws Malformed {
    if (items.size() != asked.count()) {
      throw new Malformed(
          "it shows %d of %d epochs from %d on, which lead to what it offers"
              .formatted(items.size(), asked.count(), store.way().epoch()));
    }
    List<EpochStep> steps = new ArrayList<>();
    for (Bytes item : items) {
      steps.add(Reader.decode(item, EpochStep::read));
    }
    store.follow(steps);
  }

  /// Who waits longest, and among these who has the newest. Whether it was worth trying.
  private boolean lead() {
    Optional<PublicKey> next =
        offers.open().stream()
            .map(Offers.Offer::peer)
            .min(Comparator.comparing(peer -> waiting.getOrDefault(peer, nowMillis)));
    next.ifPresent(this::goOn);
    return next.isPresent();
  }

  /// To the newest of what this peer offers; before that to the oldest, which may be the one whose
  /// own block is trusted.
  private void goOn(PublicKey peer) {
    List<Offers.Offer> open = offers.open(peer);
    if (open.isEmpty()) {
      unsure();
      return;
    }
    Offers.Offer next = store.way().isSure() ? open.getFirst() : open.getLast();
    long epoch = store.way().epoch();
    long ahead = next.epoch() - epoch;
    if (ahead <= 0) {
      prove(next);
      unsure();
    } else {
      int count = (int) Math.min(STEPS, ahead);
      long request = requests.getAsLong();
      guide = Optional.of(new Guide(peer, request, count, nowMillis));
      host.follows(epoch, next.epoch());
      host.ask(peer, new Get(request, new Get.ByHeight(epoch, count)).message(Kind.EPOCH_GET));
    }
  }

  private void leave() {
    guide = Optional.empty();
    unsure();
  }

  /// A way that one peer has shown, and that may have led astray, is no other peer's (S9).
  private void unsure() {
    if (!store.way().isSure() && store.way().epoch() > 0) {
      store.restart();
    }
  }

  private void prove() {
    offers.open().stream().filter(it -> it.epoch() <= store.way().epoch()).forEach(this::prove);
  }

  private void prove(Offers.Offer offer) {
    try {
      store.prove(offer.snapshot(), nowMillis);
      offers.prove(offer);
    } catch (Malformed e) {
      host.drop(offer.peer(), e.reason());
    }
  }
}

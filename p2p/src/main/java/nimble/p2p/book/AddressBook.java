package nimble.p2p.book;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.p2p.NetworkGroup;
import nimble.p2p.PeerAddress;
import nimble.types.PublicKey;

/// Where nodes are said to be, and where they were found (rules B1 to B6). After Bitcoin's addrman
/// (Heilman et al., "Eclipse Attacks on Bitcoin's Peer-to-Peer Network", 2015).
public final class AddressBook {
  public static final int HEARD_BUCKETS = 256;
  public static final int HEARD_BUCKETS_PER_SOURCE = 16;
  public static final int HEARD_BUCKET_SIZE = 32;
  public static final int TRIED_BUCKETS = 128;
  public static final int TRIED_BUCKETS_PER_GROUP = 4;
  public static final int TRIED_BUCKET_SIZE = 16;
  static final int ADDRESSES_MAX =
      HEARD_BUCKETS * HEARD_BUCKET_SIZE + TRIED_BUCKETS * TRIED_BUCKET_SIZE;
  private static final int CHALLENGES_MAX = 16;
  private static final int HINTS_MAX = 4;
  private static final int DRAWS_MAX = 64;

  private final Bytes salt;
  private final Draws draws;
  private final Map<PeerAddress, Known> known = new LinkedHashMap<>();
  private final TreeMap<PublicKey, LinkedHashSet<PeerAddress>> byKey = new TreeMap<>();
  private final Buckets heard = new Buckets();
  private final Buckets tried = new Buckets();

  /// Who waits for which tried address to fail its test (B3).
  private final Map<PeerAddress, PeerAddress> challenges = new LinkedHashMap<>();

  /// @param salt secret of this node, for good
  /// @param begun differs from one process to the next
  public AddressBook(Bytes salt, long begun) {
    this.salt = salt;
    this.draws = new Draws(salt, begun);
  }

  /// Somebody at `source` told of `address`, whose key is a hint.
  public void heard(PeerAddress address, String source, long nowMillis) {
    Known old = known.get(address.anyone());
    if (old != null) {
      put(old.heard(address.peer(), nowMillis));
      return;
    }
    Optional<Known> fresh = believed(address, source, nowMillis);
    Optional<Known> there = fresh.flatMap(it -> heard.at(heardSlot(it))).map(this::get);
    if (fresh.isPresent() && (there.isEmpty() || there.get().isStale(nowMillis))) {
      there.ifPresent(this::drop);
      heard.put(heardSlot(fresh.get()), fresh.get().address());
      put(fresh.get());
    }
  }

  /// A new entry, unless it could only mislead (B1, B5).
  private static Optional<Known> believed(PeerAddress address, String source, long nowMillis) {
    Optional<NetworkGroup> group = NetworkGroup.of(address);
    Optional<NetworkGroup> from = NetworkGroup.of(source);
    if (group.isEmpty() || from.isEmpty() || (group.get().local() && !from.get().local())) {
      return Optional.empty();
    }
    return Optional.of(
        new Known(
            address.anyone(),
            group.get().name(),
            from.get().name(),
            address.peer(),
            false,
            nowMillis,
            0,
            0,
            0));
  }

  /// This node dials it.
  public void dialled(PeerAddress address, long nowMillis) {
    change(address).ifPresent(it -> put(it.dialled(nowMillis)));
  }

  /// Nobody useful was there.
  public void failed(PeerAddress address) {
    change(address).ifPresent(it -> put(it.failed()));
    PeerAddress challenger = challenges.remove(address.anyone());
    if (challenger != null) {
      change(challenger)
          .filter(it -> !it.tried())
          .ifPresent(it -> {
            Known loser = get(address.anyone());
            tried.clear(triedSlot(loser));
            demote(loser);
            promote(it);
          });
    }
  }

  /// This node dialled it and found `key` there.
  public void found(PeerAddress address, PublicKey key, long nowMillis) {
    challenges.remove(address.anyone());
    Optional<Known> entry = change(address).or(() -> believed(address, address.host(), nowMillis));
    if (entry.isEmpty()) {
      return;
    }
    Known good = entry.get().good(key, nowMillis);
    Optional<PeerAddress> there = tried.at(triedSlot(good));
    if (good.tried()) {
      put(good);
    } else if (there.isEmpty()) {
      promote(good);
    } else if (known.containsKey(good.address())) {
      put(good);
      if (challenges.size() < CHALLENGES_MAX) {
        challenges.putIfAbsent(there.get(), good.address());
      }
    }
  }

  private void promote(Known entry) {
    if (heard.at(heardSlot(entry)).equals(Optional.of(entry.address()))) {
      heard.clear(heardSlot(entry));
    }
    tried.put(triedSlot(entry), entry.address());
    put(entry.moved(true));
  }

  /// Back among the heard, where there is room for it.
  private void demote(Known entry) {
    Known back = entry.moved(false);
    if (heard.at(heardSlot(back)).isEmpty()) {
      heard.put(heardSlot(back), back.address());
      put(back);
    } else {
      forget(entry);
    }
  }

  /// Some place that `wanted` takes and that is due, tried or heard with equal chance. What
  /// `wanted` sees has a key only when that was found there.
  public Optional<PeerAddress> draw(Predicate<PeerAddress> wanted, long nowMillis) {
    Optional<PeerAddress> found = Optional.empty();
    for (int i = 0; i < DRAWS_MAX && found.isEmpty(); i++) {
      Buckets table = draws.below(2) == 0 ? tried : heard;
      found = table.draw(draws).filter(it -> isFit(it, wanted, nowMillis));
    }
    return found;
  }

  /// A place whose test decides something: a challenged one, or a heard one (B8).
  public Optional<PeerAddress> toTest(Predicate<PeerAddress> wanted, long nowMillis) {
    Optional<PeerAddress> found =
        challenges.keySet().stream().filter(it -> isFit(it, wanted, nowMillis)).findFirst();
    for (int i = 0; i < DRAWS_MAX && found.isEmpty(); i++) {
      found = heard.draw(draws).filter(it -> isFit(it, wanted, nowMillis));
    }
    return found;
  }

  private boolean isFit(PeerAddress place, Predicate<PeerAddress> wanted, long nowMillis) {
    Known entry = get(place);
    return entry.isDue(nowMillis)
        && wanted.test(entry.key().filter(_ -> entry.tried()).map(place::withPeer).orElse(place));
  }

  /// At most `max` of the tried ones that were good since `sinceMillis`, with their keys (B9).
  public List<PeerAddress> lately(int max, long sinceMillis) {
    List<PeerAddress> good = new ArrayList<>();
    for (Known entry : known.values()) {
      if (entry.tried() && entry.goodMillis() >= sinceMillis) {
        good.add(entry.key().map(entry.address()::withPeer).orElse(entry.address()));
      }
    }
    for (int i = 0; i < Math.min(max, good.size()); i++) {
      Collections.swap(good, i, i + draws.below(good.size() - i));
    }
    return List.copyOf(good.subList(0, Math.min(max, good.size())));
  }

  /// Where `key` was found, else where it is said to be (B6).
  public Optional<PeerAddress> placeOf(PublicKey key) {
    return byKey.getOrDefault(key, new LinkedHashSet<>()).stream()
        .map(this::get)
        .min(
            Comparator.comparing(Known::tried)
                .reversed()
                .thenComparingInt(Known::failures)
                .thenComparingLong(Known::dialledMillis))
        .map(Known::address);
  }

  public int heardSize() {
    return heard.size();
  }

  public int triedSize() {
    return tried.size();
  }

  boolean isTried(PeerAddress address) {
    return change(address).filter(Known::tried).isPresent();
  }

  Collection<Known> entries() {
    return Collections.unmodifiableCollection(known.values());
  }

  Bytes salt() {
    return salt;
  }

  /// Puts back what an earlier process knew; the salt gives each the place that it had.
  void restore(List<Known> entries) {
    for (Known entry : entries) {
      Buckets table = entry.tried() ? tried : heard;
      Buckets.Slot slot = entry.tried() ? triedSlot(entry) : heardSlot(entry);
      if (!known.containsKey(entry.address()) && table.at(slot).isEmpty()) {
        table.put(slot, entry.address());
        put(entry);
      }
    }
  }

  private Known get(PeerAddress place) {
    Known entry = known.get(place);
    if (entry == null) {
      throw new IllegalStateException("no entry for " + place);
    }
    return entry;
  }

  private Optional<Known> change(PeerAddress address) {
    return Optional.ofNullable(known.get(address.anyone()));
  }

  private void put(Known entry) {
    Known old = known.put(entry.address(), entry);
    boolean other = old == null || !old.key().equals(entry.key());
    if (old != null && other) {
      unlink(old);
    }
    // What was only a hint may have been pushed out before it was found to be true.
    if (other || entry.tried()) {
      entry.key().ifPresent(key -> link(key, entry));
    }
  }

  /// Hints are few for each key: an attacker's must not push out what was found.
  private void link(PublicKey key, Known entry) {
    LinkedHashSet<PeerAddress> places = byKey.computeIfAbsent(key, it -> new LinkedHashSet<>());
    places.add(entry.address());
    if (places.size() > HINTS_MAX) {
      places.stream()
          .filter(it -> !it.equals(entry.address()) && !get(it).tried())
          .max(Comparator.comparingInt(it -> get(it).failures()))
          .ifPresent(worst -> places.remove(worst));
    }
  }

  private void unlink(Known entry) {
    entry
        .key()
        .ifPresent(key -> {
          LinkedHashSet<PeerAddress> places = byKey.get(key);
          if (places != null) {
            places.remove(entry.address());
            if (places.isEmpty()) {
              byKey.remove(key);
            }
          }
        });
  }

  private void drop(Known entry) {
    heard.clear(heardSlot(entry));
    forget(entry);
  }

  private void forget(Known entry) {
    unlink(entry);
    known.remove(entry.address());
    challenges.remove(entry.address());
    challenges.values().remove(entry.address());
  }

  // B2.

  private Buckets.Slot heardSlot(Known entry) {
    int share = hash("heard-share", HEARD_BUCKETS_PER_SOURCE, entry.source(), entry.group());
    int bucket = hash("heard", HEARD_BUCKETS, entry.source(), Integer.toString(share));
    return new Buckets.Slot(bucket, position(entry, bucket, HEARD_BUCKET_SIZE));
  }

  private Buckets.Slot triedSlot(Known entry) {
    int share = hash("tried-share", TRIED_BUCKETS_PER_GROUP, entry.address().toString());
    int bucket = hash("tried", TRIED_BUCKETS, entry.group(), Integer.toString(share));
    return new Buckets.Slot(bucket, position(entry, bucket, TRIED_BUCKET_SIZE));
  }

  private int position(Known entry, int bucket, int size) {
    return hash("position", size, entry.address().toString(), Integer.toString(bucket));
  }

  private int hash(String use, int bound, String first, String... more) {
    Bytes text = Bytes.utf8(use + " " + first + " " + String.join(" ", more));
    return (int)
        Long.remainderUnsigned(Hashing.of("peer-book", salt, text).bytes().u64At(0), bound);
  }
}

package nimble.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.check.Invariant;
import org.jspecify.annotations.Nullable;

/// One sender's waiting transactions in the order of their nonces.
final class SenderQueue {
  /// How soon the last of some transactions can be included: after all before it, so as its weakest
  /// is; none can that stands behind a gap. The worse is the less.
  record Standing(boolean gap, Pooled weakest) implements Comparable<Standing> {
    @Override
    public int compareTo(Standing other) {
      return gap == other.gap
          ? Pooled.BY_PRIORITY.compare(other.weakest, weakest)
          : Boolean.compare(other.gap, gap);
    }
  }

  /// No two are equal: each has a weakest of its own.
  static final Comparator<SenderQueue> BY_STANDING = Comparator.comparing(SenderQueue::standing);

  /// Stands for every sender that has none; never added to.
  static final SenderQueue NONE = new SenderQueue();

  private final TreeMap<Long, Pooled> byNonce = new TreeMap<>();
  private long next;
  private long bytes;
  private long fees;

  /// As it was found since the last change; asked for with every comparison.
  private @Nullable Standing standing;

  /// The nonce that the sender's account expects.
  void expect(long nonce) {
    next = Math.max(next, nonce);
    standing = null;
  }

  /// Of all of them.
  Standing standing() {
    Standing known = standing;
    if (known == null) {
      known = standing(byNonce.values(), next);
      standing = known;
    }
    return known;
  }

  /// Of `more` in its place.
  ///
  /// @param nonce that the sender's account expects
  Standing standingWith(Pooled more, long nonce) {
    List<Pooled> before = new ArrayList<>(byNonce.subMap(nonce, more.nonce()).values());
    before.add(more);
    return standing(before, nonce);
  }

  private static Standing standing(Collection<Pooled> queue, long from) {
    Pooled weakest = Collections.max(queue, Pooled.BY_PRIORITY);
    long place = from;
    for (Pooled pooled : queue) {
      if (pooled.nonce() > place) {
        return new Standing(true, weakest);
      }
      place = Math.max(place, pooled.nonce() + 1);
    }
    return new Standing(false, weakest);
  }

  void add(Pooled pooled) {
    Invariant.check(this != NONE, "adds to nobody's queue");
    byNonce.put(pooled.nonce(), pooled);
    standing = null;
    bytes += pooled.bytes();
    fees = Math.addExact(fees, pooled.body().maxFee());
  }

  void remove(Pooled pooled) {
    if (byNonce.remove(pooled.nonce(), pooled)) {
      standing = null;
      bytes -= pooled.bytes();
      fees -= pooled.body().maxFee();
    }
  }

  boolean isEmpty() {
    return byNonce.isEmpty();
  }

  Optional<Pooled> at(long nonce) {
    return Optional.ofNullable(byNonce.get(nonce));
  }

  Pooled first() {
    return byNonce.firstEntry().getValue();
  }

  Pooled last() {
    return byNonce.lastEntry().getValue();
  }

  List<Pooled> below(long nonce) {
    return List.copyOf(byNonce.headMap(nonce).values());
  }

  List<Pooled> all() {
    return List.copyOf(byNonce.values());
  }

  /// The last ones, so many that the rest can pay its highest fees from `balance`.
  List<Pooled> beyond(long balance) {
    List<Pooled> beyond = new ArrayList<>();
    long left = fees;
    for (Pooled last : byNonce.descendingMap().values()) {
      if (left <= balance) {
        break;
      }
      beyond.add(last);
      left -= last.body().maxFee();
    }
    return beyond;
  }

  int countWith(Pooled more) {
    return byNonce.size() + (at(more.nonce()).isPresent() ? 0 : 1);
  }

  long bytesWith(Pooled more) {
    return bytes + more.bytes() - at(more.nonce()).map(Pooled::bytes).orElse(0);
  }

  /// The most that all fees take, with `more` in its place; at most `Long.MAX_VALUE`.
  long feesWith(Pooled more) {
    long others = fees - at(more.nonce()).map(old -> old.body().maxFee()).orElse(0L);
    long added = more.body().maxFee();
    return others > Long.MAX_VALUE - added ? Long.MAX_VALUE : others + added;
  }
}

package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.check.Invariant;

/// One sender's waiting transactions in the order of their nonces.
final class SenderQueue {
  /// Stands for every sender that has none; never added to.
  static final SenderQueue NONE = new SenderQueue();

  private final TreeMap<Long, Pooled> byNonce = new TreeMap<>();
  private long bytes;
  private long fees;

  void add(Pooled pooled) {
    Invariant.check(this != NONE, "adds to nobody's queue");
    byNonce.put(pooled.nonce(), pooled);
    bytes += pooled.bytes();
    fees = Math.addExact(fees, pooled.body().maxFee());
  }

  void remove(Pooled pooled) {
    if (byNonce.remove(pooled.nonce(), pooled)) {
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

  List<Pooled> below(long nonce) {
    return List.copyOf(byNonce.headMap(nonce).values());
  }

  List<Pooled> from(long nonce) {
    return List.copyOf(byNonce.tailMap(nonce).values());
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

package nimble.storage;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;

/// The keys `from ≤ key < to`, ascending or descending, at most `limit` of them. Keys are compared
/// as unsigned bytes; without `to` the range is open.
public record Range(Bytes from, Optional<Bytes> to, boolean descending, int limit) {
  public static final int LIMIT_MAX = 100_000;

  public Range {
    Invariant.check(limit > 0 && limit <= LIMIT_MAX, "limit %d", limit);
    Invariant.check(to.isEmpty() || from.compareTo(to.get()) <= 0, "range %s to %s", from, to);
  }

  public static Range between(Bytes from, Bytes to, int limit) {
    return new Range(from, Optional.of(to), false, limit);
  }

  public static Range prefix(Bytes prefix, int limit) {
    return new Range(prefix, after(prefix), false, limit);
  }

  public Range reversed() {
    return new Range(from, to, !descending, limit);
  }

  /// Where an ascending page that ended at `last` goes on.
  public Range startingAfter(Bytes last) {
    return new Range(Bytes.concat(last, Bytes.wrap(new byte[1])), to, descending, limit);
  }

  public boolean contains(Bytes key) {
    return from.compareTo(key) <= 0 && to.map(end -> key.compareTo(end) < 0).orElse(true);
  }

  /// The first key behind everything that starts with `prefix`.
  private static Optional<Bytes> after(Bytes prefix) {
    for (int last = prefix.size() - 1; last >= 0; last--) {
      if (prefix.at(last) != (byte) 0xff) {
        byte[] next = prefix.slice(0, last + 1).toArray();
        next[last]++;
        return Optional.of(Bytes.wrap(next));
      }
    }
    return Optional.empty();
  }
}

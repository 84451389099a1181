package nimble.storage;

import nimble.check.Invariant;

/// How many versions of the state tree stay (T5).
public sealed interface Retention {
  /// All of them.
  record Archive() implements Retention {}

  /// The newest `versions`, at least two: a reader that has just looked a root up still finds its
  /// nodes while the next block is committed.
  record Pruned(int versions) implements Retention {
    public Pruned {
      Invariant.check(versions > 1, "keeping %d versions", versions);
    }
  }

  /// The oldest version that is still needed when `newest` is the newest.
  default long oldest(long newest) {
    return switch (this) {
      case Archive() -> 0;
      case Pruned(int versions) -> Math.max(0, newest - versions + 1);
    };
  }
}

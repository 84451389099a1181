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

  /// What one commit deletes at least, if there is so much.
  int DELETED_MIN = 128;

  /// How much a block may delete that leaves `own` of a kind to be deleted later: more than that,
  /// so that nothing piles up, and little, for what a busy block left must not hold up a quiet one.
  static int deletions(int own) {
    return Math.max(DELETED_MIN, own + own / 4);
  }

  /// The oldest version that is still needed when `newest` is the newest.
  default long oldest(long newest) {
    return switch (this) {
      case Archive() -> 0;
      case Pruned(int versions) -> Math.max(0, newest - versions + 1);
    };
  }
}

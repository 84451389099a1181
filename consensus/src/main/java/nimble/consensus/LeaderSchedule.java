package nimble.consensus;

/// Port: who leads a view. Pure, the same on every node, and known before the epoch begins.
@FunctionalInterface
public interface LeaderSchedule {
  /// The validator's index.
  int leaderOf(long view);
}

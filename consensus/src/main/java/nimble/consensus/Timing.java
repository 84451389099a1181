package nimble.consensus;

import nimble.check.Invariant;

/// Timeouts of a view, all in milliseconds.
///
/// @param leaderMillis from entering a view to giving up on its leader's proposal
/// @param certifyMillis from entering a view to giving up on the view
/// @param retryMillis between repetitions while a view stays nullified; does not grow
/// @param fetchMillis before something missing is asked of the next peer; does not grow
/// @param capMillis what the first two grow to at most
public record Timing(
    long leaderMillis, long certifyMillis, long retryMillis, long fetchMillis, long capMillis) {
  public static final Timing DEFAULT = new Timing(2_000, 4_000, 1_000, 500, 30_000);

  public Timing {
    Invariant.check(
        0 < leaderMillis && leaderMillis <= certifyMillis && certifyMillis <= capMillis,
        "timeouts %d, %d, %d",
        leaderMillis,
        certifyMillis,
        capMillis);
    Invariant.check(retryMillis > 0 && fetchMillis > 0, "%d, %d", retryMillis, fetchMillis);
  }

  /// `base · 1.5^failures`, at most the cap (rule 8). Uncapped growth stalls a network for hours.
  long grown(long base, long failures) {
    long millis = base;
    for (long i = 0; i < failures && millis < capMillis; i++) {
      millis = millis + millis / 2 + 1;
    }
    return Math.min(millis, capMillis);
  }
}

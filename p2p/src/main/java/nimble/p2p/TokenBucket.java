package nimble.p2p;

import nimble.check.Invariant;

/// A rate limit: at most `perSecond` on average, at most one second's worth at once. Time is passed
/// in and may not run backwards.
public final class TokenBucket {
  private static final long TOKEN = 1_000;
  private static final long ELAPSED_MILLIS_MAX = 24 * 3_600_000L;

  private final long perSecond;
  private long held;
  private long atMillis;

  public TokenBucket(int perSecond, long nowMillis) {
    Invariant.check(perSecond > 0, "%d per second", perSecond);
    this.perSecond = perSecond;
    this.held = perSecond * TOKEN;
    this.atMillis = nowMillis;
  }

  /// Takes a token and answers 0, or takes none and answers the milliseconds until there is one.
  public long take(long nowMillis) {
    fill(nowMillis);
    if (held >= TOKEN) {
      held -= TOKEN;
      return 0;
    }
    return Math.ceilDiv(TOKEN - held, perSecond);
  }

  /// Takes `count` tokens, held or not, and answers the milliseconds until the debt is paid.
  public long owe(long count, long nowMillis) {
    fill(nowMillis);
    held -= count * TOKEN;
    return Math.max(0, Math.ceilDiv(-held, perSecond));
  }

  private void fill(long nowMillis) {
    long elapsed = Math.clamp(nowMillis - atMillis, 0, ELAPSED_MILLIS_MAX);
    atMillis = Math.max(atMillis, nowMillis);
    held = Math.min(perSecond * TOKEN, held + elapsed * perSecond);
  }
}

package nimble.p2p;

import nimble.check.Invariant;

/// A rate limit: at most `perSecond` on average, at most one second's worth at once. Time is passed
/// in and may not run backwards.
public final class TokenBucket {
  private static final long TOKEN = 1_000;

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
    long elapsed = Math.min(Math.max(0, nowMillis - atMillis), TOKEN);
    atMillis = Math.max(atMillis, nowMillis);
    held = Math.min(perSecond * TOKEN, held + elapsed * perSecond);
    if (held >= TOKEN) {
      held -= TOKEN;
      return 0;
    }
    return Math.ceilDiv(TOKEN - held, perSecond);
  }
}

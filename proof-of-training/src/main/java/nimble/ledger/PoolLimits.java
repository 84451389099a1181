package nimble.ledger;

import nimble.check.Invariant;

/// How much the mempool holds. One sender has at most a hundredth of either.
public record PoolLimits(int countMax, long bytesMax) {
  static final int COUNT_MAX = 100_000;
  private static final int SHARE = 100;

  public static final PoolLimits DEFAULT = new PoolLimits(20_000, 64L * 1024 * 1024);

  public PoolLimits {
    Invariant.check(countMax > 0 && countMax <= COUNT_MAX, "%d entries", countMax);
    Invariant.check(bytesMax > 0, "%d bytes", bytesMax);
  }

  /// Also the nonce window: this many from the next one on.
  int senderCountMax() {
    return Math.max(1, countMax / SHARE);
  }

  long senderBytesMax() {
    return Math.max(1, bytesMax / SHARE);
  }
}

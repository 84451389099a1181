package nimble.p2p.netty;

import nimble.check.Invariant;

/// How long a node waits for others, in milliseconds (rule P11).
///
/// @param silence of a control connection; the bulk lane has three times as long
/// @param linger for the other side to take the reason of an end
/// @param message of a stranger, in parts, to be whole
public record Timeouts(int handshake, int ping, int silence, int linger, int message) {
  public static final Timeouts USUAL = new Timeouts(10_000, 2_000, 7_000, 1_000, 120_000);

  public Timeouts {
    Invariant.check(
        handshake > 0 && ping > 0 && linger > 0 && message > 0, "a timeout is not positive");
    Invariant.check(silence > 2 * ping, "silence %d, ping %d", silence, ping);
  }
}

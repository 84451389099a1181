package nimble.p2p.netty;

import nimble.check.Invariant;

/// What a node puts up with from those that it relays for, and from those who dial them (rule P17).
///
/// @param circuitsMax of all of them, standing or waiting
/// @param circuitsPerNodeMax also how many come in through one relay
/// @param bytesPerSecond of one relayed node, both ways and all circuits together
public record RelayLimits(
    int circuitsMax, int circuitsPerNodeMax, int callsPerSecondMax, int bytesPerSecond) {
  public static final RelayLimits USUAL = new RelayLimits(128, 32, 10, 16 << 20);

  public RelayLimits {
    Invariant.check(
        circuitsMax > 0 && circuitsPerNodeMax > 0 && callsPerSecondMax > 0 && bytesPerSecond > 0,
        "a limit is not positive");
  }
}

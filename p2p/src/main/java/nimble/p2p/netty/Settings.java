package nimble.p2p.netty;

import nimble.check.Invariant;
import nimble.p2p.RelayPolicy;

/// Where a network listens and what it puts up with. Port 0 takes a free one, [#NOWHERE] none: who
/// does not listen is reached through others (rule P14).
///
/// @param perAddressMax connections that one address may have dialled here
/// @param relays for the node's owner of relations, not for the network itself
public record Settings(
    String host,
    int port,
    int inboundMax,
    int perAddressMax,
    Timeouts timeouts,
    RelayLimits relay,
    RelayPolicy relays) {
  public static final int NOWHERE = -1;

  public Settings {
    Invariant.check(port >= NOWHERE && port <= 65_535, "port %d", port);
    Invariant.check(inboundMax > 0 && perAddressMax > 0, "a limit is not positive");
  }

  public static Settings at(String host, int port) {
    return new Settings(host, port, 128, 64, Timeouts.USUAL, RelayLimits.USUAL, RelayPolicy.USUAL);
  }

  /// With what an operator wants of relays.
  public Settings with(RelayPolicy policy) {
    return new Settings(host, port, inboundMax, perAddressMax, timeouts, relay, policy);
  }

  /// With so many connections that others have dialled, and so many of one address.
  Settings with(int inbound, int perAddress) {
    return new Settings(host, port, inbound, perAddress, timeouts, relay, relays);
  }

  Settings with(Timeouts others) {
    return new Settings(host, port, inboundMax, perAddressMax, others, relay, relays);
  }

  Settings with(RelayLimits limits) {
    return new Settings(host, port, inboundMax, perAddressMax, timeouts, limits, relays);
  }

  boolean listens() {
    return port != NOWHERE;
  }
}

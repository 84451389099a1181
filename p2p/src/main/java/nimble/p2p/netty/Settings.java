package nimble.p2p.netty;

import nimble.check.Invariant;
import nimble.p2p.RelayPolicy;

/// Where a network listens and what it puts up with. Port 0 takes a free one, [#NOWHERE] none: who
/// does not listen is reached through others (rule P14).
///
/// @param silenceMillis of a control connection; the bulk lane has three times as long
/// @param relays for the node's owner of relations, not for the network itself
/// @param perAddressMax connections that one address may have dialled here
public record Settings(
    String host,
    int port,
    int inboundMax,
    int perAddressMax,
    int handshakeMillis,
    int pingMillis,
    int silenceMillis,
    int lingerMillis,
    RelayLimits relay,
    RelayPolicy relays) {
  public static final int NOWHERE = -1;

  public Settings {
    Invariant.check(port >= NOWHERE && port <= 65_535, "port %d", port);
    Invariant.check(
        inboundMax > 0
            && perAddressMax > 0
            && handshakeMillis > 0
            && pingMillis > 0
            && lingerMillis > 0,
        "a limit is not positive");
    Invariant.check(
        silenceMillis > 2 * pingMillis, "silence %d, ping %d", silenceMillis, pingMillis);
  }

  public Settings(
      String host,
      int port,
      int inboundMax,
      int perAddressMax,
      int handshakeMillis,
      int pingMillis,
      int silenceMillis,
      int lingerMillis) {
    this(
        host,
        port,
        inboundMax,
        perAddressMax,
        handshakeMillis,
        pingMillis,
        silenceMillis,
        lingerMillis,
        RelayLimits.USUAL,
        RelayPolicy.USUAL);
  }

  /// With what an operator wants of relays.
  public Settings with(RelayPolicy policy) {
    return new Settings(
        host,
        port,
        inboundMax,
        perAddressMax,
        handshakeMillis,
        pingMillis,
        silenceMillis,
        lingerMillis,
        relay,
        policy);
  }

  public static Settings at(String host, int port) {
    return new Settings(host, port, 128, 64, 10_000, 2_000, 7_000, 1_000);
  }

  boolean listens() {
    return port != NOWHERE;
  }
}

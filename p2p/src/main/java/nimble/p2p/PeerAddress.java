package nimble.p2p;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.PublicKey;

/// Where a node can be dialled and, when known, whom to expect there. As text: `host:port`,
/// `key@host:port`, or `key@relay@host:port` for a node that is reached through another; keys in
/// hexadecimal, an IPv6 host in brackets.
///
/// @param via the relay that is there, when `peer` is reached through one (rule P14)
public record PeerAddress(
    String host, int port, Optional<PublicKey> peer, Optional<PublicKey> via) {
  public static final int HOST_LENGTH_MAX = 253;
  public static final int PORT_MAX = 65_535;

  public PeerAddress {
    Invariant.check(isHost(host), "host '%s'", host);
    Invariant.check(port > 0 && port <= PORT_MAX, "port %d", port);
    Invariant.check(via.isEmpty() || peer.isPresent(), "a relay to nobody");
  }

  public static PeerAddress of(String host, int port) {
    return new PeerAddress(host, port, Optional.empty(), Optional.empty());
  }

  public PeerAddress withPeer(PublicKey expected) {
    return new PeerAddress(host, port, Optional.of(expected), via);
  }

  /// How `node` is reached through the one that is here, whose key must be known.
  public PeerAddress reaching(PublicKey node) {
    Invariant.check(peer.isPresent() && via.isEmpty(), "%s is no relay", this);
    return new PeerAddress(host, port, Optional.of(node), peer);
  }

  /// Where the relay is; empty for a node that is dialled itself.
  public Optional<PeerAddress> relay() {
    return via.map(key -> anyone().withPeer(key));
  }

  /// The place alone, whoever is there.
  public PeerAddress anyone() {
    return of(host, port);
  }

  /// A host name or address: printable ASCII without spaces, `@`, `/` or brackets.
  static boolean isHost(String host) {
    return !host.isEmpty()
        && host.length() <= HOST_LENGTH_MAX
        && host.chars().allMatch(c -> c > ' ' && c < 0x7f && "@/[]\"'\\".indexOf(c) < 0);
  }

  public static PeerAddress parse(String text) throws Malformed {
    int at = text.lastIndexOf('@');
    int colon = text.lastIndexOf(':');
    if (colon <= at) {
      throw new Malformed("'%s' has no port; write host:port".formatted(text));
    }
    String host = text.substring(at + 1, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!isHost(host)) {
      throw new Malformed("'%s' has no host; write host:port".formatted(text));
    }
    PeerAddress place = of(host, port(text.substring(colon + 1)));
    if (at < 0) {
      return place;
    }
    int between = text.indexOf('@');
    PeerAddress there = place.withPeer(key(text.substring(between == at ? 0 : between + 1, at)));
    return between == at ? there : there.reaching(key(text.substring(0, between)));
  }

  private static int port(String digits) throws Malformed {
    try {
      int port = Integer.parseInt(digits);
      if (port > 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Falls through: said below, once for both.
    }
    throw new Malformed("port '%s' is not between 1 and %d".formatted(digits, PORT_MAX));
  }

  private static PublicKey key(String digits) throws Malformed {
    Bytes bytes = Bytes.hex(digits);
    if (bytes.size() != PublicKey.SIZE) {
      throw new Malformed("a node's key has %d hexadecimal digits".formatted(2 * PublicKey.SIZE));
    }
    return new PublicKey(bytes);
  }

  @Override
  public String toString() {
    String where = (host.indexOf(':') < 0 ? "%s:%d" : "[%s]:%d").formatted(host, port);
    String there = via.map(key -> key + "@" + where).orElse(where);
    return peer.map(key -> key + "@" + there).orElse(there);
  }
}

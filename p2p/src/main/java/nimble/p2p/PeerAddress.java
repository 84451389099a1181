package nimble.p2p;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.PublicKey;

/// Where a node can be dialled and, when known, whom to expect there. As text: `host:port` or
/// `key@host:port`, the key in hexadecimal; an IPv6 host stands in brackets.
public record PeerAddress(String host, int port, Optional<PublicKey> peer) {
  public static final int HOST_LENGTH_MAX = 253;
  public static final int PORT_MAX = 65_535;

  public PeerAddress {
    Invariant.check(isHost(host), "host '%s'", host);
    Invariant.check(port > 0 && port <= PORT_MAX, "port %d", port);
  }

  public static PeerAddress of(String host, int port) {
    return new PeerAddress(host, port, Optional.empty());
  }

  public PeerAddress withPeer(PublicKey expected) {
    return new PeerAddress(host, port, Optional.of(expected));
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
    int at = text.indexOf('@');
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
    PeerAddress address = of(host, port(text.substring(colon + 1)));
    return at < 0 ? address : address.withPeer(key(text.substring(0, at)));
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
    return peer.map(key -> key + "@" + where).orElse(where);
  }
}

package nimble.p2p.netty;

import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import java.util.function.Supplier;
import nimble.p2p.Message;
import nimble.p2p.PeerAddress;

/// How a connection begins.
///
/// @param tls between the two peers
/// @param dial empty when the peer dialled
/// @param outer when its bytes come from a relay
record Line(Supplier<SslHandler> tls, Optional<Connection.Dial> dial, Optional<Outer> outer) {
  /// The way to the relay.
  ///
  /// @param relay with its key
  /// @param tls between this node and the relay
  /// @param asks what the relay is asked to join it with (rule P15)
  record Outer(PeerAddress relay, Supplier<SslHandler> tls, Message asks) {}
}

package nimble.p2p;

import nimble.types.PublicKey;

/// What the network tells its owner. Between a peer's `PeerConnected` and its `PeerDisconnected`
/// everything is `Received` from it in the order of each lane; outside of them nothing is.
public sealed interface NetworkEvent {
  /// `hello.listen()` names the address that the peer was seen from when it left its host open.
  /// `remote` is what was dialled, or where the peer came from.
  record PeerConnected(PublicKey peer, Hello hello, boolean outbound, PeerAddress remote)
      implements NetworkEvent {}

  record PeerDisconnected(PublicKey peer, String reason) implements NetworkEvent {}

  record Received(PublicKey peer, Lane lane, Message message) implements NetworkEvent {}

  /// The peer broke the protocol itself; its `PeerDisconnected` follows. A matter for its score.
  record Misbehaved(PublicKey peer, String reason) implements NetworkEvent {}

  /// A connection that did not become a peer, dialled or accepted, in plain words. `address` is for
  /// reading, like `127.0.0.1:7040`.
  record Refused(String address, String reason) implements NetworkEvent {}
}

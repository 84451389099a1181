package nimble.p2p.book;

import nimble.p2p.Message;
import nimble.p2p.PeerAddress;
import nimble.p2p.Penalty;
import nimble.types.PublicKey;

/// What [Discovery] and [nimble.p2p.relay] want done.
public sealed interface Move {
  record Dial(PeerAddress address) implements Move {}

  /// Looks who answers there, though it may be connected already.
  record Test(PeerAddress address) implements Move {}

  record Leave(PublicKey peer, String reason) implements Move {}

  record Tell(PublicKey peer, Message message) implements Move {}

  record Blame(PublicKey peer, Penalty penalty, String reason) implements Move {}
}

package nimble.p2p;

import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What [Gossip], [HashFetch] and [HeightFetch] want done.
public sealed interface Effect {
  record Send(PublicKey peer, Lane lane, Message message) implements Effect {}

  /// `body` has this hash; that it means anything is for the owner to find out.
  record Deliver(Hash hash, Bytes body, PublicKey from) implements Effect {}

  /// The next block by height, unchecked: the owner answers a bad one with `Rejected`.
  record DeliverAt(long height, Bytes body, PublicKey from) implements Effect {}

  record Penalize(PublicKey peer, Penalty penalty, String reason) implements Effect {}
}

package nimble.p2p;

import java.util.SortedSet;
import nimble.types.PublicKey;

/// The port to other nodes. Its methods return at once and may be called from any thread; what
/// comes of them is told to the one [NetworkListener] given when the network was opened.
public interface Network extends AutoCloseable {
  PublicKey self();

  /// Queues `message`; opens the bulk lane when it is the first on it (rule P7).
  Sent send(PublicKey peer, Lane lane, Message message);

  /// Dials. Ends in `PeerConnected` or `Refused`; or in nothing, when the peer is already there or
  /// is dialling us.
  void connect(PeerAddress address);

  /// Says `reason` to the peer and closes both lanes once what was queued on control is written.
  void disconnect(PublicKey peer, String reason);

  /// As they are now: what comes and goes later changes nothing of it.
  SortedSet<PublicKey> peers();

  /// For reading only: it may have changed already.
  LaneState lane(PublicKey peer, Lane lane);

  /// From now on; peers that are now banned are disconnected.
  void admit(Admission admission);

  /// Looks who answers at `address`, though the peer may be connected already. Then it ends in
  /// `Refused` with [Duel#DUPLICATE], or with [Duel#SELF] when this node itself is there.
  void test(PeerAddress address);

  /// From now on; what was relayed for others ends.
  void relay(Relaying relaying);

  /// For reading only.
  RelayLoad relayLoad();

  /// Takes leave of all peers and frees the port. Idempotent.
  @Override
  void close();
}

package nimble.node.sync;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.p2p.Bounded;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.PeerAddress;
import nimble.p2p.book.AddressBook;
import nimble.p2p.book.Discovery;
import nimble.p2p.book.Move;
import nimble.types.PublicKey;

/// Whom a state sync speaks with: the peers that the operator named, with or without a key, and
/// those that they tell of (S7).
final class Company {
  private static final long DIAL_MILLIS = 2_000;

  /// Who comes under ever new keys is forgotten again.
  static final int DROPPED_MAX = 1_024;

  private final Network network;
  private final List<PeerAddress> given;
  private final Discovery discovery;
  private final TreeMap<PublicKey, PeerAddress> connected = new TreeMap<>();
  private final Bounded<PublicKey> dropped = new Bounded<>(DROPPED_MAX);
  private int drops;
  private long dialledMillis = Long.MIN_VALUE / 2;

  Company(Network network, List<PeerAddress> given, Bytes salt) {
    this.network = network;
    this.given = List.copyOf(given);
    this.discovery = new Discovery(new AddressBook(salt, salt.u64At(0)), List.of(), List.of());
  }

  SortedSet<PublicKey> connected() {
    return new TreeSet<>(connected.keySet());
  }

  boolean contains(PublicKey peer) {
    return connected.containsKey(peer);
  }

  /// How many were, in all.
  int dropped() {
    return drops;
  }

  void tick(long nowMillis) {
    if (nowMillis - dialledMillis >= DIAL_MILLIS) {
      dialledMillis = nowMillis;
      given.stream().filter(it -> !isThere(it)).forEach(network::connect);
    }
    discover(new Discovery.Ticked(), nowMillis);
  }

  /// A name may lead to somebody else each time: without a key the place counts.
  private boolean isThere(PeerAddress address) {
    Optional<PublicKey> key = address.peer();
    return key.isPresent()
        ? connected.containsKey(key.get())
        : connected.containsValue(address.anyone());
  }

  /// Whether the peer may stay.
  boolean met(NetworkEvent.PeerConnected peer, long nowMillis) {
    if (dropped.contains(peer.peer())) {
      network.disconnect(peer.peer(), "it sent what is false");
      return false;
    }
    connected.put(peer.peer(), peer.remote().anyone());
    discover(
        new Discovery.Met(peer.peer(), peer.remote(), peer.hello().listen(), peer.outbound()),
        nowMillis);
    return true;
  }

  void gone(PublicKey peer, long nowMillis) {
    connected.remove(peer);
    discover(new Discovery.Parted(peer), nowMillis);
  }

  void refused(NetworkEvent.Refused refused, long nowMillis) {
    discover(new Discovery.Failed(refused.address(), refused.reason()), nowMillis);
  }

  /// What a peer says of others.
  void heard(PublicKey peer, Message message, long nowMillis) {
    discover(new Discovery.Heard(peer, message), nowMillis);
  }

  /// Whether that is new.
  boolean drop(PublicKey peer, String reason, long nowMillis) {
    boolean first = dropped.add(peer);
    drops += first ? 1 : 0;
    network.disconnect(peer, reason);
    gone(peer, nowMillis);
    discover(new Discovery.Avoid(new TreeSet<>(dropped.all())), nowMillis);
    return first;
  }

  /// Who misleads about peers costs some dials, and is not worth losing a source for.
  private void discover(Discovery.Input input, long nowMillis) {
    for (Move move : discovery.step(input, nowMillis)) {
      switch (move) {
        case Move.Dial(PeerAddress address) -> network.connect(address);
        case Move.Test(PeerAddress address) -> network.test(address);
        case Move.Leave(PublicKey peer, String reason) -> network.disconnect(peer, reason);
        case Move.Tell(PublicKey peer, Message message) ->
            network.send(peer, Lane.CONTROL, message);
        case Move.Blame _ -> {}
      }
    }
  }
}

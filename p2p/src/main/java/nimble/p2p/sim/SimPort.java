package nimble.p2p.sim;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import nimble.check.Invariant;
import nimble.p2p.Admission;
import nimble.p2p.Hello;
import nimble.p2p.Lane;
import nimble.p2p.LaneState;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.RelayLoad;
import nimble.p2p.Relaying;
import nimble.p2p.Sent;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// One node's port into the simulated network.
final class SimPort implements Network {
  private static final int INBOUND_MAX = 128;

  private final SimNetwork network;
  private final PublicKey self;
  private final PeerAddress address;
  private final Hello hello;
  private final LongSupplier height;
  private final NetworkListener listener;
  private final TreeMap<PublicKey, Link> links = new TreeMap<>();
  private Admission admission = Admission.OPEN;
  private Relaying relaying = Relaying.NONE;
  private boolean dead;

  SimPort(
      SimNetwork network,
      PublicKey self,
      PeerAddress address,
      Hello hello,
      LongSupplier height,
      NetworkListener listener) {
    this.network = network;
    this.self = self;
    this.address = address;
    this.hello = hello;
    this.height = height;
    this.listener = listener;
  }

  @Override
  public PublicKey self() {
    return self;
  }

  PeerAddress address() {
    return address;
  }

  Hello hello() {
    return hello.withHeight(height.getAsLong()).withListen(Optional.of(address));
  }

  boolean isDead() {
    return dead;
  }

  @Override
  public Sent send(PublicKey peer, Lane lane, Message message) {
    Invariant.check(!message.kind().isTransport(), "%s is the transport's", message.kind());
    Link link = links.get(peer);
    return link == null ? Sent.NOT_CONNECTED : link.pipe(this, lane).send(message);
  }

  @Override
  public void connect(PeerAddress target) {
    if (!dead && target.peer().filter(links::containsKey).isEmpty()) {
      network.dial(this, target, false);
    }
  }

  @Override
  public void test(PeerAddress target) {
    if (!dead) {
      network.dial(this, target, true);
    }
  }

  @Override
  public void relay(Relaying newRelaying) {
    relaying = newRelaying;
    network.relays(this);
  }

  /// Rule P15: both must have agreed, and be connected.
  boolean relaysFor(SimPort called) {
    Link line = links.get(called.self);
    return relaying.relayed().contains(called.self)
        && called.relaying.through().contains(self)
        && line != null
        && !line.isBroken();
  }

  @Override
  public RelayLoad relayLoad() {
    return network.load(this);
  }

  @Override
  public void disconnect(PublicKey peer, String reason) {
    Link link = links.remove(peer);
    if (link != null) {
      network.forget(link);
      link.pipe(this, Lane.CONTROL).farewell(reason);
      tell(new NetworkEvent.PeerDisconnected(peer, "this node said: " + reason));
    }
  }

  @Override
  public SortedSet<PublicKey> peers() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(links.keySet()));
  }

  @Override
  public LaneState lane(PublicKey peer, Lane lane) {
    Link link = links.get(peer);
    return link == null ? LaneState.CLOSED : link.pipe(this, lane).state();
  }

  @Override
  public void admit(Admission newAdmission) {
    admission = newAdmission;
    for (PublicKey peer : List.copyOf(links.keySet())) {
      newAdmission.refuses(peer, 0, 1).ifPresent(reason -> disconnect(peer, reason));
    }
  }

  @Override
  public void close() {
    for (PublicKey peer : List.copyOf(links.keySet())) {
      disconnect(peer, "the node stops");
    }
    network.remove(this);
    network.after(0, () -> dead = true);
  }

  /// Says nothing more, and hears nothing more.
  void crash() {
    dead = true;
    links.clear();
  }

  Optional<String> refuses(SimPort dialler) {
    long inbound = links.values().stream().filter(link -> link.acceptor() == this).count();
    return hello
        .refuses(dialler.hello)
        .or(() -> admission.refuses(dialler.self, (int) inbound, INBOUND_MAX));
  }

  Optional<String> bans(SimPort dialled) {
    return admission.refuses(dialled.self, 0, 1);
  }

  void up(Link link) {
    SimPort other = link.other(this);
    Link old = links.put(other.self, link);
    if (old != null) {
      offer(new NetworkEvent.PeerDisconnected(other.self, "replaced by a newer connection"));
    }
    boolean outbound = link.dialler() == this;
    PeerAddress remote =
        link.relay()
            .map(it -> it.address.withPeer(it.self).reaching(other.self))
            .orElse(other.address);
    offer(new NetworkEvent.PeerConnected(other.self, other.hello(), outbound, remote));
  }

  void down(Link link, String reason) {
    PublicKey peer = link.other(this).self;
    if (links.remove(peer, link)) {
      offer(new NetworkEvent.PeerDisconnected(peer, reason));
    }
  }

  boolean has(Link link) {
    @Nullable Link current = links.get(link.other(this).self);
    return current == link;
  }

  /// In an event of its own.
  void tell(NetworkEvent event) {
    network.after(0, () -> offer(event));
  }

  boolean offer(NetworkEvent event) {
    return dead || listener.offer(event);
  }
}

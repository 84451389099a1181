package nimble.node.net;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.check.Invariant;
import nimble.node.chain.Reporter;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.p2p.Admission;
import nimble.p2p.Mesh;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerScores;
import nimble.p2p.Penalty;
import nimble.p2p.Role;
import nimble.types.PublicKey;

/// The owner of this node's relations: dials whom it needs, and sends away who misbehaves.
public final class Peers implements Owner<Peers.Input> {
  /// What happens to it.
  public sealed interface Input {
    record Network(NetworkEvent event) implements Input {}

    record Penalized(PublicKey peer, Penalty penalty, String reason) implements Input {}

    /// From now on these validate.
    record Validators(SortedSet<PublicKey> nodes) implements Input {}

    /// A role of this node works with these now, and no longer with others.
    record Neighbours(Role role, SortedSet<PublicKey> nodes) implements Input {}

    record Tick() implements Input {}
  }

  /// What the owner is made of.
  ///
  /// @param statics peers to keep, each with its key
  public record Parts(
      Network network,
      List<PeerAddress> statics,
      Endpoints endpoints,
      Timers timers,
      Reporter reporter) {}

  private static final long TICK_MILLIS = 200;
  private static final int LEARNED_MAX = 1_024;

  private final Parts parts;
  private final Mailbox<Input> self;
  private final Mesh mesh;
  private final PeerScores scores = new PeerScores();
  private final TreeMap<PublicKey, PeerAddress> statics = new TreeMap<>();
  private final Map<Role, SortedSet<PublicKey>> neighbours = new EnumMap<>(Role.class);
  private final SequencedMap<PublicKey, PeerAddress> learned = new LinkedHashMap<>();
  private SortedSet<PublicKey> validators = Collections.emptySortedSet();
  private SortedMap<PublicKey, String> banned = Collections.emptySortedMap();
  private long nowMillis;
  private boolean ticking;

  public Peers(Parts parts, Mailbox<Input> self) {
    this.parts = parts;
    this.self = self;
    this.mesh = new Mesh(parts.network().self());
    for (PeerAddress address : parts.statics()) {
      Invariant.check(address.peer().isPresent(), "static peer %s has no key", address);
      address.peer().ifPresent(key -> statics.put(key, address));
    }
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    nowMillis = Math.max(nowMillis, now);
    inputs.forEach(this::handle);
    keepTicking();
  }

  private void handle(Input input) {
    switch (input) {
      case Input.Network(NetworkEvent event) -> network(event);
      case Input.Penalized(PublicKey peer, Penalty penalty, String reason) ->
          penalize(peer, penalty, reason);
      case Input.Validators(SortedSet<PublicKey> nodes) -> {
        validators = nodes;
        scores.exempt(reserved());
        parts.network().admit(new Admission(reserved(), banned));
        want();
      }
      case Input.Neighbours(Role role, SortedSet<PublicKey> nodes) -> {
        neighbours.put(role, nodes);
        want();
      }
      case Input.Tick() -> {
        ticking = false;
        admit();
        want();
      }
    }
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected connected -> {
        connected.hello().listen().ifPresent(address -> learn(connected.peer(), address));
        dial(mesh.step(new Mesh.Connected(connected.peer()), nowMillis));
        want();
      }
      case NetworkEvent.PeerDisconnected(PublicKey peer, String reason) -> {
        parts.reporter().debug("peer_gone", "peer", peer, "reason", reason);
        dial(mesh.step(new Mesh.Disconnected(peer), nowMillis));
      }
      case NetworkEvent.Misbehaved(PublicKey peer, String reason) ->
          penalize(peer, Penalty.LARGE, reason);
      case NetworkEvent.Refused(String address, String reason) ->
          parts.reporter().info("peer_refused", "address", address, "reason", reason);
      case NetworkEvent.Received _ -> {}
    }
  }

  private void learn(PublicKey peer, PeerAddress address) {
    learned.remove(peer);
    learned.put(peer, address);
    if (learned.size() > LEARNED_MAX) {
      learned.pollFirstEntry();
    }
  }

  private void penalize(PublicKey peer, Penalty penalty, String reason) {
    PeerScores.Verdict verdict = scores.penalize(peer, penalty, reason, nowMillis);
    if (penalty == Penalty.LARGE) {
      parts.reporter().warn("peer_misbehaved", "peer", peer, "reason", reason);
    }
    switch (verdict) {
      case PeerScores.Keep() -> {}
      case PeerScores.Disconnect(String why) -> parts.network().disconnect(peer, why);
      case PeerScores.Ban(long untilMillis, String why) -> {
        parts
            .reporter()
            .warn("peer_banned", "peer", peer, "untilMillis", untilMillis, "reason", why);
        admit();
        want();
      }
    }
  }

  /// Tells the network who is banned, when that has changed.
  private void admit() {
    SortedMap<PublicKey, String> now = scores.banned(nowMillis);
    if (!now.equals(banned)) {
      banned = now;
      parts.network().admit(new Admission(reserved(), banned));
    }
  }

  /// C4.
  private SortedSet<PublicKey> reserved() {
    TreeSet<PublicKey> reserved = new TreeSet<>(validators);
    reserved.addAll(statics.keySet());
    return reserved;
  }

  /// C2.
  private void want() {
    TreeSet<PublicKey> nodes = new TreeSet<>(reserved());
    neighbours.values().forEach(nodes::addAll);
    nodes.removeAll(banned.keySet());
    TreeMap<PublicKey, PeerAddress> wanted = new TreeMap<>();
    nodes.stream()
        .limit(Mesh.PEERS_MAX)
        .forEach(node -> address(node).ifPresent(address -> wanted.put(node, address)));
    dial(mesh.step(new Mesh.Wanted(wanted), nowMillis));
  }

  /// C3.
  private Optional<PeerAddress> address(PublicKey node) {
    return Optional.ofNullable(statics.get(node))
        .or(() -> parts.endpoints().of(node))
        .or(() -> Optional.ofNullable(learned.get(node)));
  }

  private void dial(List<PeerAddress> addresses) {
    addresses.forEach(parts.network()::connect);
  }

  /// Time matters only while somebody is missing or banned.
  private void keepTicking() {
    if (!ticking && !(mesh.missing().isEmpty() && banned.isEmpty())) {
      ticking = true;
      offerTick();
    }
  }

  private void offerTick() {
    parts
        .timers()
        .after(
            TICK_MILLIS,
            () -> {
              if (!self.offer(new Input.Tick())) {
                offerTick();
              }
            });
  }
}

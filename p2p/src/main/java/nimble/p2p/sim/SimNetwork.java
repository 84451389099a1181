package nimble.p2p.sim;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import nimble.check.Invariant;
import nimble.p2p.Duel;
import nimble.p2p.Hello;
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent.Refused;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.RelayLoad;
import nimble.sim.Sim;
import nimble.types.PublicKey;

/// All wires of a simulated world.
public final class SimNetwork {
  private static final int DIAL_MILLIS = 5_000;

  private record Pair(PublicKey low, PublicKey high) {
    static Pair of(Link link) {
      PublicKey a = link.dialler().self();
      PublicKey b = link.acceptor().self();
      return a.compareTo(b) < 0 ? new Pair(a, b) : new Pair(b, a);
    }
  }

  private final Sim sim;
  private final TreeMap<PublicKey, SimPort> ports = new TreeMap<>();
  private final Map<Pair, Link> links = new LinkedHashMap<>();
  private final TreeMap<PublicKey, Integer> groups = new TreeMap<>();
  private final TreeSet<PublicKey> hidden = new TreeSet<>();
  private Weather weather;

  public SimNetwork(Sim sim, Weather weather) {
    this.sim = sim;
    this.weather = weather;
  }

  /// A node's port, until it closes it or crashes; then the same node may join again. `listen` must
  /// be its own.
  public Network join(
      PublicKey self,
      PeerAddress listen,
      Hello hello,
      LongSupplier height,
      NetworkListener listener) {
    Invariant.check(!ports.containsKey(self), "node %s is there already", self);
    Invariant.check(portAt(listen).isEmpty(), "address %s is in use", listen);
    SimPort port = new SimPort(this, self, listen, hello, height, listener);
    ports.put(self, port);
    return port;
  }

  /// From now on.
  public void change(Weather newWeather) {
    weather = newWeather;
  }

  /// Cuts the network: nodes of different groups do not reach each other. Those in no group are one
  /// more group.
  public void split(List<? extends Collection<PublicKey>> newGroups) {
    groups.clear();
    for (int group = 0; group < newGroups.size(); group++) {
      for (PublicKey member : newGroups.get(group)) {
        groups.put(member, group);
      }
    }
    for (Link link : List.copyOf(links.values())) {
      if (!reach(link.dialler(), link.acceptor(), link.relay())) {
        breakDown(link);
      }
    }
  }

  /// All reach all again; connections have to be made anew.
  public void heal() {
    groups.clear();
  }

  /// From now on the node is behind a router: nobody can dial it.
  public void hide(PublicKey node) {
    hidden.add(node);
  }

  /// The node is gone from one moment to the next; its peers notice later.
  public void crash(PublicKey node) {
    SimPort port = ports.get(node);
    if (port != null) {
      port.crash();
      remove(port);
      for (Link link : List.copyOf(links.values())) {
        if (link.needs(port)) {
          breakDown(link);
        }
      }
    }
  }

  // For ports and pipes.

  long nowMillis() {
    return sim.nowMillis();
  }

  void after(long millis, Runnable action) {
    sim.after(millis, action);
  }

  long latencyMillis() {
    return sim.random().nextLong(weather.latencyMillisMin(), weather.latencyMillisMax() + 1L);
  }

  long millisFor(long bytes) {
    return weather.bytesPerMilli() == 0 ? 0 : bytes / weather.bytesPerMilli();
  }

  void maybeBreak(Link link) {
    if (weather.breaksPerMillion() > 0
        && sim.random().nextInt(Weather.MILLION) < weather.breaksPerMillion()) {
      breakDown(link);
    }
  }

  private void breakDown(Link link) {
    link.setBroken();
    forget(link);
    for (SimPort end : List.of(link.dialler(), link.acceptor())) {
      after(
          sim.random().nextLong(weather.noticeMillisMax() + 1L),
          () -> end.down(link, "the connection broke"));
    }
  }

  void forget(Link link) {
    links.remove(Pair.of(link), link);
  }

  void remove(SimPort port) {
    ports.remove(port.self(), port);
  }

  // Dialling.

  void dial(SimPort from, PeerAddress address, boolean test) {
    after(latencyMillis(), () -> arrive(from, address, test));
  }

  private void arrive(SimPort from, PeerAddress address, boolean test) {
    Optional<SimPort> there = portAt(address);
    Optional<SimPort> relay = address.relay().flatMap(it -> there);
    Optional<SimPort> found =
        relay.isEmpty() ? there : address.peer().map(ports::get).filter(relay.get()::relaysFor);
    if (from.isDead()) {
      return;
    }
    if (found.isEmpty()) {
      String reason = relay.isEmpty() ? "nothing listens there" : "relay: it does not relay for it";
      refuse(from, address, reason, latencyMillis());
    } else if (!reach(from, found.get(), relay)
        || hidden.contains(relay.orElse(found.get()).self())) {
      refuse(from, address, "no answer to dialling", DIAL_MILLIS);
    } else if (!isWhoWasDialled(address, found.get(), relay)) {
      found
          .get()
          .tell(
              new Refused(
                  from.address().toString(),
                  "it does not accept this node's key: it dialled another node"));
      refuse(from, address, "another node is there", latencyMillis());
    } else if (found.get() == from) {
      refuse(from, address, Duel.SELF, 0);
    } else {
      greet(new Link(this, from, found.get(), relay), address, test);
    }
  }

  private static boolean isWhoWasDialled(
      PeerAddress address, SimPort found, Optional<SimPort> relay) {
    boolean peer = address.peer().filter(key -> !key.equals(found.self())).isEmpty();
    return peer && relay.map(SimPort::self).equals(address.via());
  }

  private void greet(Link link, PeerAddress address, boolean test) {
    SimPort from = link.dialler();
    SimPort to = link.acceptor();
    Optional<String> refusal = to.refuses(from).or(() -> from.bans(to));
    if (refusal.isPresent()) {
      to.tell(new Refused(from.address().toString(), refusal.get()));
      refuse(from, address, "it said: " + refusal.get(), latencyMillis());
      return;
    }
    // Rule P2: one connection, whoever dialled; a broken one that is still believed in is replaced.
    if (links.putIfAbsent(Pair.of(link), link) != null) {
      if (test || address.peer().isEmpty()) {
        refuse(from, address, Duel.DUPLICATE, latencyMillis());
      }
      return;
    }
    long answerMillis = latencyMillis();
    for (Lane lane : Lane.values()) {
      link.pipe(to, lane).notBefore(nowMillis() + answerMillis);
    }
    after(answerMillis, () -> answer(link));
    to.up(link);
  }

  private void answer(Link link) {
    if (!link.isBroken() && !link.dialler().isDead() && link.acceptor().has(link)) {
      link.dialler().up(link);
    } else {
      breakDown(link);
    }
  }

  /// Rule P17: what a node does not relay any more breaks.
  void relays(SimPort relay) {
    relayedBy(relay)
        .filter(link -> !relay.relaysFor(link.acceptor()))
        .toList()
        .forEach(this::breakDown);
  }

  RelayLoad load(SimPort relay) {
    return new RelayLoad((int) relayedBy(relay).count(), 0);
  }

  private Stream<Link> relayedBy(SimPort relay) {
    return links.values().stream().filter(link -> link.relay().equals(Optional.of(relay)));
  }

  private void refuse(SimPort from, PeerAddress address, String reason, long millis) {
    after(millis, () -> from.offer(new Refused(address.toString(), reason)));
  }

  private Optional<SimPort> portAt(PeerAddress address) {
    return ports.values().stream()
        .filter(port ->
            port.address().port() == address.port() && port.address().host().equals(address.host()))
        .findFirst();
  }

  private boolean reach(SimPort a, SimPort b, Optional<SimPort> relay) {
    return relay.isEmpty() ? reach(a, b) : reach(a, relay.get()) && reach(relay.get(), b);
  }

  private boolean reach(SimPort a, SimPort b) {
    return Objects.equals(groups.get(a.self()), groups.get(b.self()));
  }
}

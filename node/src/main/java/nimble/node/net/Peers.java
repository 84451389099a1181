package nimble.node.net;

import java.util.ArrayList;
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
import java.util.function.Consumer;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.chain.Reporter;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.p2p.Admission;
import nimble.p2p.Duel;
import nimble.p2p.Lane;
import nimble.p2p.Mesh;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerScores;
import nimble.p2p.Penalty;
import nimble.p2p.RelayPolicy;
import nimble.p2p.Relaying;
import nimble.p2p.book.AddressBook;
import nimble.p2p.book.Discovery;
import nimble.p2p.book.Move;
import nimble.p2p.book.Remembered;
import nimble.p2p.relay.Reach;
import nimble.p2p.relay.Relays;
import nimble.p2p.relay.Word;
import nimble.types.PublicKey;

/// The owner of this node's relations: dials whom it needs, and sends away who misbehaves.
public final class Peers implements Owner<Peers.Input> {
  /// Who of this node needs others.
  public enum Asker {
    MINER,
    HOST,
    AUDITOR,
    GATEWAY
  }

  /// What happens to it.
  public sealed interface Input {
    record Network(NetworkEvent event) implements Input {}

    record Penalized(PublicKey peer, Penalty penalty, String reason) implements Input {}

    /// From now on these validate.
    record Validators(SortedSet<PublicKey> nodes) implements Input {}

    /// A role of this node works with these now, and no longer with others.
    record Neighbours(Asker asker, SortedSet<PublicKey> nodes) implements Input {}

    /// Somebody wants to read; `to` must not block.
    record Asked(Consumer<PeerTable> to) implements Input {}

    /// The operator lets a node in again; `to` hears whether it was banned, and must not block.
    record Pardoned(PublicKey peer, Consumer<Boolean> to) implements Input {}

    /// @param dueMillis when it was to come
    record Tick(long dueMillis) implements Input {}
  }

  /// What the owner is made of.
  ///
  /// @param given by the operator: with its key a peer to keep, without it a seed
  public record Parts(
      Network network,
      List<PeerAddress> given,
      Endpoints endpoints,
      PeerMemory memory,
      RelayPolicy relays,
      Timers timers,
      Reporter reporter) {}

  private static final long TICK_MILLIS = 200;
  private static final long SEEKING_MILLIS = 1_000;
  private static final long RESTING_MILLIS = 30_000;
  private static final long SAVE_MILLIS = 60_000;
  private static final int LEARNED_MAX = 1_024;

  private final Parts parts;
  private final Mailbox<Input> self;
  private final Mesh mesh;
  private final PeerScores scores = new PeerScores();
  private final TreeMap<PublicKey, PeerAddress> statics = new TreeMap<>();
  private final TreeMap<PublicKey, Meeting> meetings = new TreeMap<>();
  private final Remembered begun;
  private final AddressBook book;
  private final Discovery discovery;
  private final Relays relays;
  private final TreeMap<PublicKey, Integer> failures = new TreeMap<>();
  private final Map<Asker, SortedSet<PublicKey>> neighbours = new EnumMap<>(Asker.class);
  private final SequencedMap<PublicKey, PeerAddress> learned = new LinkedHashMap<>();
  private SortedSet<PublicKey> validators = Collections.emptySortedSet();
  private SortedMap<PublicKey, String> banned = Collections.emptySortedMap();
  private Relaying relaying = Relaying.NONE;
  private Reach reach;
  private Bytes saved = Bytes.EMPTY;
  private long savedMillis;
  private long nowMillis;
  private long tickMillis = Long.MAX_VALUE;

  private record Meeting(NetworkEvent.PeerConnected connected, long sinceMillis) {}

  public Peers(Parts parts, Mailbox<Input> self) {
    this.parts = parts;
    this.self = self;
    this.mesh = new Mesh(parts.network().self());
    for (PeerAddress address : parts.given()) {
      address.peer().ifPresent(key -> statics.put(key, address));
    }
    this.begun = remembered();
    this.book = begun.book(parts.memory().salt().u64At(0));
    this.discovery =
        new Discovery(
            book,
            parts.given().stream().filter(it -> it.peer().isEmpty()).toList(),
            begun.anchors());
    this.relays = new Relays(parts.network().self(), parts.relays());
    this.reach = relays.reach();
  }

  /// C6.
  private Remembered remembered() {
    try {
      Optional<Bytes> bytes = parts.memory().load();
      if (bytes.isPresent()) {
        return Remembered.decode(bytes.get());
      }
    } catch (Malformed e) {
      parts
          .reporter()
          .warn("peers_forgotten", "reason", e.reason(), "then", "the address book begins anew");
    }
    return Remembered.nothing(parts.memory().salt());
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    if (nowMillis == 0) {
      scores.restore(begun.bans(), now);
      savedMillis = now;
    }
    nowMillis = now;
    inputs.forEach(this::handle);
    discover(new Discovery.Ticked());
    if (nowMillis - savedMillis >= SAVE_MILLIS) {
      save();
    }
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
        tellAdmission();
        want();
      }
      case Input.Neighbours(Asker asker, SortedSet<PublicKey> nodes) -> {
        if (!nodes.equals(neighbours.put(asker, nodes))) {
          tellAdmission();
        }
        want();
      }
      case Input.Asked(Consumer<PeerTable> to) -> to.accept(table());
      case Input.Pardoned(PublicKey peer, Consumer<Boolean> to) -> {
        boolean banned = scores.pardon(peer, nowMillis);
        parts.reporter().info("peer_pardoned", "peer", peer, "banned", banned);
        admit();
        want();
        to.accept(banned);
      }
      case Input.Tick(long dueMillis) -> {
        tickMillis = dueMillis == tickMillis ? Long.MAX_VALUE : tickMillis;
        admit();
        want();
      }
    }
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected connected -> met(connected);
      case NetworkEvent.PeerDisconnected(PublicKey peer, String reason) -> {
        parts.reporter().debug("peer_gone", "peer", peer, "reason", reason);
        meetings.remove(peer);
        dial(mesh.step(new Mesh.Disconnected(peer), nowMillis));
        discover(new Discovery.Parted(peer));
      }
      case NetworkEvent.Misbehaved(PublicKey peer, String reason) ->
          penalize(peer, Penalty.LARGE, reason);
      case NetworkEvent.Refused(String address, String reason) -> {
        refused(address, reason);
        discover(new Discovery.Failed(address, reason));
      }
      case NetworkEvent.Received received ->
          discover(new Discovery.Heard(received.peer(), received.message()));
    }
  }

  private void met(NetworkEvent.PeerConnected connected) {
    PublicKey peer = connected.peer();
    meetings.put(peer, new Meeting(connected, nowMillis));
    Optional<PeerAddress> listen = connected.hello().listen();
    listen.ifPresent(address -> learn(peer, address));
    dial(mesh.step(new Mesh.Connected(peer), nowMillis));
    want();
    discover(new Discovery.Met(peer, connected.remote(), listen, connected.outbound()));
  }

  /// What this node dialled only to see who answers is no failure (C5, C8).
  private void refused(String address, String reason) {
    if (reason.equals(Duel.SELF) || reason.equals(Duel.DUPLICATE)) {
      parts.reporter().debug("peer_answers", "address", address, "reason", reason);
      return;
    }
    parts.reporter().info("peer_refused", "address", address, "reason", reason);
    try {
      PeerAddress.parse(address)
          .peer()
          .filter(peer -> wanted().contains(peer))
          .ifPresent(it -> failures.merge(it, 1, Integer::sum));
    } catch (Malformed e) {
      // Nobody that was dialled: somebody came in and was not let in.
    }
  }

  /// C5, C8.
  private void discover(Discovery.Input input) {
    boolean word =
        input instanceof Discovery.Heard(PublicKey _, Message message)
            && Word.isWord(message.kind());
    List<Move> moves = new ArrayList<>(word ? List.of() : discovery.step(input, nowMillis));
    moves.addAll(relays.step(input, nowMillis));
    relay();
    moves.forEach(this::make);
  }

  /// Tells the network and the log what has changed about relays.
  private void relay() {
    if (!relays.relaying().equals(relaying)) {
      relaying = relays.relaying();
      parts.network().relay(relaying);
    }
    if (!relays.reach().equals(reach)) {
      reach = relays.reach();
      parts
          .reporter()
          .info(
              "reach",
              "state",
              reach.state(),
              "why",
              reach.why(),
              "relays",
              reach.relays().size(),
              "through",
              reach.relays());
    }
  }

  private void make(Move move) {
    switch (move) {
      case Move.Dial(PeerAddress address) -> parts.network().connect(address);
      case Move.Test(PeerAddress address) -> parts.network().test(address);
      case Move.Leave(PublicKey peer, String reason) -> {
        if (!wanted().contains(peer)) {
          parts.network().disconnect(peer, reason);
        }
      }
      case Move.Tell(PublicKey peer, Message message) ->
          parts.network().send(peer, Lane.CONTROL, message);
      case Move.Blame(PublicKey peer, Penalty penalty, String reason) ->
          penalize(peer, penalty, reason);
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
      tellAdmission();
      discover(new Discovery.Avoid(new TreeSet<>(banned.keySet())));
      save();
    }
  }

  private void tellAdmission() {
    parts.network().admit(new Admission(reserved(), partners(), banned));
  }

  private SortedSet<PublicKey> partners() {
    SortedSet<PublicKey> nodes = new TreeSet<>();
    neighbours.values().forEach(some -> nodes.addAll(some));
    return nodes;
  }

  /// C4.
  private SortedSet<PublicKey> reserved() {
    TreeSet<PublicKey> reserved = new TreeSet<>(validators);
    reserved.addAll(statics.keySet());
    return reserved;
  }

  /// C2.
  private SortedSet<PublicKey> wanted() {
    SortedSet<PublicKey> nodes = new TreeSet<>(reserved());
    nodes.addAll(partners());
    nodes.removeAll(banned.keySet());
    return nodes;
  }

  private void want() {
    SortedSet<PublicKey> nodes = wanted();
    TreeMap<PublicKey, PeerAddress> wanted = new TreeMap<>();
    nodes.stream()
        .limit(Mesh.PEERS_MAX)
        .forEach(node -> address(node).ifPresent(address -> wanted.put(node, address)));
    dial(mesh.step(new Mesh.Wanted(wanted), nowMillis));
    failures.keySet().retainAll(nodes);
    nodes.removeIf(it -> meetings.containsKey(it) || it.equals(parts.network().self()));
    nodes.removeIf(it -> wanted.containsKey(it) && !failures.containsKey(it));
    relays.miss(nodes);
  }

  /// C3.
  private Optional<PeerAddress> address(PublicKey node) {
    List<PeerAddress> known =
        Stream.of(
                Stream.ofNullable(statics.get(node)),
                parts.endpoints().of(node).stream(),
                relays.ways(node).stream(),
                Stream.ofNullable(learned.get(node)),
                book.placeOf(node).stream())
            .flatMap(it -> it)
            .distinct()
            .toList();
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(known.get(failures.getOrDefault(node, 0) % known.size()));
  }

  private void dial(List<PeerAddress> addresses) {
    addresses.forEach(parts.network()::connect);
  }

  /// A rest ends as soon as somebody is missed.
  private void keepTicking() {
    boolean urgent = !(mesh.missing().isEmpty() && banned.isEmpty());
    boolean waits = discovery.isSeeking() || relays.isSeeking();
    long seeking = waits ? SEEKING_MILLIS : RESTING_MILLIS;
    long wait = urgent ? TICK_MILLIS : seeking;
    if (nowMillis + wait < tickMillis) {
      tickMillis = nowMillis + wait;
      offerTick(wait, new Input.Tick(tickMillis));
    }
  }

  private void offerTick(long millis, Input.Tick tick) {
    parts
        .timers()
        .after(
            millis,
            () -> {
              if (!self.offer(tick)) {
                offerTick(TICK_MILLIS, tick);
              }
            });
  }

  /// C6.
  private void save() {
    savedMillis = nowMillis;
    List<PeerAddress> anchors = discovery.anchors();
    Bytes now =
        Remembered.of(
                book, anchors.isEmpty() ? begun.anchors() : anchors, scores.sentences(nowMillis))
            .encode();
    if (!now.equals(saved)) {
      saved = now;
      parts.memory().save(now);
    }
  }

  @Override
  public void stopped() {
    save();
  }

  private PeerTable table() {
    List<PeerTable.Row> rows = new ArrayList<>();
    meetings.forEach((peer, meeting) -> rows.add(row(peer, meeting)));
    return new PeerTable(
        rows,
        scores.sentences(nowMillis),
        book.heardSize(),
        book.triedSize(),
        new PeerTable.Relaying(reach, relaying.relayed(), parts.network().relayLoad()),
        nowMillis);
  }

  private PeerTable.Row row(PublicKey peer, Meeting meeting) {
    NetworkEvent.PeerConnected connected = meeting.connected();
    return new PeerTable.Row(
        peer,
        connected.remote(),
        connected.outbound(),
        why(peer, connected.outbound()),
        connected.hello().roles(),
        connected.hello().agent(),
        meeting.sinceMillis(),
        scores.points(peer, nowMillis),
        scores.reason(peer),
        parts.network().lane(peer, Lane.CONTROL),
        parts.network().lane(peer, Lane.BULK));
  }

  private String why(PublicKey peer, boolean outbound) {
    if (statics.containsKey(peer)) {
      return "static";
    }
    if (validators.contains(peer)) {
      return "validator";
    }
    if (neighbours.values().stream().anyMatch(nodes -> nodes.contains(peer))) {
      return "work";
    }
    return outbound ? "found" : "inbound";
  }
}

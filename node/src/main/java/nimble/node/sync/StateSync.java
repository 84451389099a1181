package nimble.node.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.node.chain.Reporter;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.p2p.Chunk;
import nimble.p2p.Effect;
import nimble.p2p.Get;
import nimble.p2p.HashFetch;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.PeerAddress;
import nimble.p2p.Penalty;
import nimble.storage.Database;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Fills an empty database with a snapshot from peers, before the node starts. It asks all of them
/// what they have, takes the newest that is proven, and fetches its parts from everybody who has
/// it; who sends anything false is dropped at once (S1).
public final class StateSync implements Owner<StateSync.Input> {
  /// What happens to it.
  public sealed interface Input {
    record Started() implements Input {}

    record Network(NetworkEvent event) implements Input {}

    record Tick() implements Input {}
  }

  /// How it ended.
  public sealed interface Result {}

  /// @param epoch the newest that peers speak of (S6)
  public record Synced(long height, long epoch, int peersDropped) implements Result {}

  public record Failed(String reason) implements Result {}

  /// @param peers to dial
  public record Parts(
      Database database,
      SnapshotTrust trust,
      List<PeerAddress> peers,
      Network network,
      Timers timers,
      Reporter reporter,
      Consumer<Result> done) {}

  private static final long TICK_MILLIS = 200;
  private static final long DIAL_MILLIS = 2_000;
  private static final long ASK_MILLIS = 5_000;

  /// From the first offer to the choice, so that the newest is chosen and several have it.
  private static final long OFFERS_MILLIS = 1_500;

  /// What was begun earlier is waited for longer than anything else.
  private static final long RESUME_MILLIS = 10_000;

  private static final long PATIENCE_MILLIS = 60_000;
  private static final int OFFERED_MAX = 4;

  private final Parts parts;
  private final Inbox<Input> self;
  private final Map<Long, PublicKey> asked = new LinkedHashMap<>();
  private final TreeMap<PublicKey, List<Snapshot>> offers = new TreeMap<>();
  private final TreeMap<PublicKey, Long> epochs = new TreeMap<>();
  private final TreeSet<PublicKey> connected = new TreeSet<>();
  private final TreeSet<PublicKey> dropped = new TreeSet<>();
  private Optional<SnapshotImport> work = Optional.empty();
  private Optional<HashFetch> fetch = Optional.empty();
  private String refused = "";
  private long requests;
  private long nowMillis;
  private long startedMillis;
  private long dialledMillis;
  private long askedMillis;
  private long offeredMillis = Long.MAX_VALUE;
  private long movedMillis;
  private boolean over;

  public StateSync(Parts parts, Inbox<Input> self) {
    this.parts = parts;
    this.self = self;
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    nowMillis = Math.max(nowMillis, now);
    for (Input input : inputs) {
      if (!over) {
        handle(input);
      }
    }
  }

  private void handle(Input input) {
    switch (input) {
      case Input.Started() -> start();
      case Input.Network(NetworkEvent event) -> network(event);
      case Input.Tick() -> tick();
    }
  }

  private void start() {
    startedMillis = nowMillis;
    movedMillis = nowMillis;
    try {
      work = SnapshotImport.resume(parts.database());
    } catch (Malformed e) {
      work = Optional.empty(); // Of another version, perhaps: it is dropped when a new one begins.
    }
    work.ifPresent(it -> report("snapshot_resumed", it));
    dial();
    scheduleTick();
  }

  private void dial() {
    dialledMillis = nowMillis;
    for (PeerAddress address : parts.peers()) {
      if (address.peer().isEmpty() || !connected.contains(address.peer().get())) {
        parts.network().connect(address);
      }
    }
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected peer -> {
        if (dropped.contains(peer.peer())) {
          parts.network().disconnect(peer.peer(), "it sent false snapshots");
        } else {
          connected.add(peer.peer());
          ask(peer.peer());
        }
      }
      case NetworkEvent.PeerDisconnected gone -> {
        connected.remove(gone.peer());
        offers.remove(gone.peer());
        step(new HashFetch.Left(gone.peer()));
      }
      case NetworkEvent.Misbehaved wrong -> drop(wrong.peer(), wrong.reason());
      case NetworkEvent.Refused no ->
          parts.reporter().info("peer_refused", "address", no.address(), "reason", no.reason());
      case NetworkEvent.Received received -> received(received.peer(), received.message());
    }
  }

  private void ask(PublicKey peer) {
    asked.put(++requests, peer);
    parts
        .network()
        .send(
            peer, Lane.BULK, new Get(requests, new Get.ByHeight(0, 1)).message(Kind.SNAPSHOT_GET));
  }

  private void received(PublicKey peer, Message message) {
    if (!connected.contains(peer)) {
      return;
    }
    try {
      switch (message.kind()) {
        case SNAPSHOTS -> {
          Chunk chunk = Chunk.decode(message);
          if (asked.remove(chunk.request(), peer)) {
            offered(peer, chunk.items());
          } else {
            step(new HashFetch.Heard(peer, message));
          }
        }
        case CERTIFICATE -> {
          if (Reader.decode(message.payload(), nimble.consensus.Message::readTagged)
              instanceof Certificate certificate) {
            epochs.merge(peer, certificate.epoch(), Math::max);
          }
        }
        default -> {}
      }
    } catch (Malformed e) {
      drop(peer, e.reason());
    }
  }

  private void offered(PublicKey peer, List<Bytes> manifests) throws Malformed {
    List<Snapshot> proven = new ArrayList<>();
    for (Bytes manifest : manifests.subList(0, Math.min(OFFERED_MAX, manifests.size()))) {
      Snapshot snapshot = Snapshot.decode(manifest);
      parts.trust().check(snapshot, nowMillis);
      proven.add(snapshot);
    }
    offers.put(peer, proven);
    if (!proven.isEmpty() && offeredMillis == Long.MAX_VALUE) {
      offeredMillis = nowMillis;
    }
    work.filter(_ -> fetch.isPresent()).ifPresent(it -> join(peer, it.snapshot()));
  }

  private void join(PublicKey peer, Snapshot wanted) {
    if (has(peer, wanted)) {
      step(new HashFetch.Joined(peer));
    }
  }

  private boolean has(PublicKey peer, Snapshot wanted) {
    return offers.getOrDefault(peer, List.of()).stream()
        .anyMatch(it -> it.header().equals(wanted.header()));
  }

  private void tick() {
    if (nowMillis - dialledMillis >= DIAL_MILLIS) {
      dial();
    }
    if (nowMillis - askedMillis >= ASK_MILLIS && fetch.isEmpty()) {
      askedMillis = nowMillis;
      connected.forEach(this::ask);
    }
    if (fetch.isEmpty()) {
      choose();
    } else {
      step(new HashFetch.Ticked());
      lookElsewhere();
    }
    if (!over && nowMillis - movedMillis >= PATIENCE_MILLIS) {
      end(new Failed(complaint()));
    }
    if (!over) {
      scheduleTick();
    }
  }

  private void choose() {
    Optional<SnapshotImport> begun =
        work.filter(it -> connected.stream().anyMatch(peer -> has(peer, it.snapshot())));
    boolean wait = work.isPresent() && nowMillis - startedMillis < RESUME_MILLIS;
    if (begun.isPresent()) {
      begin(begun.get());
    } else if (!wait && nowMillis - OFFERS_MILLIS >= offeredMillis) {
      newest().ifPresent(it -> begin(SnapshotImport.begin(parts.database(), it)));
    }
  }

  private Optional<Snapshot> newest() {
    return offers.values().stream()
        .flatMap(List::stream)
        .max(Comparator.comparingLong(Snapshot::height));
  }

  private void begin(SnapshotImport chosen) {
    work = Optional.of(chosen);
    movedMillis = nowMillis;
    report("snapshot_begun", chosen);
    fetch =
        Optional.of(new HashFetch(HashFetch.Goods.SNAPSHOTS, chosen::identify, () -> ++requests));
    step(new HashFetch.Wanted(chosen.missing()));
    List.copyOf(connected).forEach(peer -> join(peer, chosen.snapshot()));
    finishIfWhole(chosen);
  }

  /// Nobody has what was begun any more, for they keep the newest only: another is begun.
  private void lookElsewhere() {
    boolean gone =
        work.filter(it -> connected.stream().anyMatch(peer -> has(peer, it.snapshot()))).isEmpty();
    if (gone && nowMillis - movedMillis >= RESUME_MILLIS) {
      fetch = Optional.empty();
      work = Optional.empty();
    } else if (nowMillis - movedMillis >= ASK_MILLIS && nowMillis - askedMillis >= ASK_MILLIS) {
      askedMillis = nowMillis;
      connected.forEach(this::ask);
    }
  }

  private void step(HashFetch.Input input) {
    if (over || fetch.isEmpty()) {
      return;
    }
    for (Effect effect : fetch.get().step(input, nowMillis)) {
      switch (effect) {
        case Effect.Send(var peer, var lane, var message) ->
            parts.network().send(peer, lane, message);
        case Effect.Penalize(var peer, var penalty, var reason) -> {
          if (penalty == Penalty.LARGE) {
            drop(peer, reason);
          }
        }
        case Effect.Deliver(Hash _, Bytes part, PublicKey _) -> delivered(part);
        case Effect.DeliverAt _ -> Invariant.check(false, "%s by height", effect);
      }
    }
  }

  private void delivered(Bytes part) {
    SnapshotImport into = work.orElseThrow();
    try {
      into.add(part);
    } catch (Malformed e) {
      Invariant.check(false, "a part that was asked for: %s", e.reason());
    }
    movedMillis = nowMillis;
    int have = into.parts() - into.missing().size();
    if (have % Math.max(1, into.parts() / 10) == 0) {
      report("snapshot_progress", into);
    }
    finishIfWhole(into);
  }

  private void finishIfWhole(SnapshotImport whole) {
    if (whole.isWhole() && !over) {
      whole.finish(parts.trust().genesis());
      end(new Synced(whole.snapshot().height(), epoch(whole.snapshot()), dropped.size()));
    }
  }

  /// At least half of the peers speak of it, or the snapshot itself does.
  private long epoch(Snapshot snapshot) {
    List<Long> claims = new ArrayList<>(epochs.values());
    Collections.sort(claims);
    long claimed = claims.isEmpty() ? 0 : claims.get(claims.size() / 2);
    return Math.max(claimed, snapshot.header().epoch());
  }

  private void drop(PublicKey peer, String reason) {
    if (dropped.add(peer)) {
      refused = reason;
      parts.reporter().warn("snapshot_peer_dropped", "peer", peer, "reason", reason);
    }
    connected.remove(peer);
    offers.remove(peer);
    parts.network().disconnect(peer, reason);
    step(new HashFetch.Left(peer));
  }

  private String complaint() {
    if (!refused.isEmpty()) {
      return "no peer sends a snapshot that is proven; the last one refused: " + refused;
    }
    if (connected.isEmpty()) {
      return "no peer can be reached: name some with --peer";
    }
    return "no peer offers a snapshot: set storage.snapshots on one of them, or start with --sync"
        + " blocks";
  }

  private void end(Result result) {
    over = true;
    parts.done().accept(result);
  }

  private void report(String event, SnapshotImport at) {
    parts
        .reporter()
        .info(
            event,
            "height",
            at.snapshot().height(),
            "parts",
            at.parts() - at.missing().size(),
            "of",
            at.parts());
  }

  private void scheduleTick() {
    parts.timers().after(TICK_MILLIS, () -> self.must(new Input.Tick()));
  }
}

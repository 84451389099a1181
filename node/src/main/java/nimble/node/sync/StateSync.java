package nimble.node.sync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
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
/// what they have, follows the epochs there, takes the newest that is proven, and fetches its parts
/// from everybody who has it; who sends anything false is dropped at once (S1).
public final class StateSync implements Owner<StateSync.Input>, Walk.Host {
  /// What happens to it.
  public sealed interface Input {
    record Started() implements Input {}

    record Network(NetworkEvent event) implements Input {}

    record Tick() implements Input {}
  }

  /// How it ended.
  public sealed interface Result {}

  public record Synced(long height, int peersDropped) implements Result {}

  public record Failed(String reason) implements Result {}

  /// @param peers to dial
  /// @param salt a secret, for the book of those whom they tell of
  public record Parts(
      Database database,
      SnapshotTrust trust,
      List<PeerAddress> peers,
      Bytes salt,
      Network network,
      Timers timers,
      Reporter reporter,
      Consumer<Result> done) {}

  private static final long MILLIS = 1_000;
  private static final long TICK_MILLIS = 200;
  private static final long ASK_MILLIS = 5_000;

  /// From the first offer to the choice, so that the newest is chosen and several have it.
  private static final long OFFERS_MILLIS = 1_500;

  /// What was begun earlier is waited for longer than anything else.
  private static final long RESUME_MILLIS = 10_000;

  /// Without an epoch, after which what is proven is not kept waiting for what is newer.
  private static final long LEAD_MILLIS = 10_000;

  private static final long PATIENCE_MILLIS = 60_000;

  /// Without a part, after which those who say that they have it are not believed (S8).
  private static final long WITHHELD_MILLIS = 20_000;

  private static final long WAITING_MILLIS = 10_000;
  private static final long FOLLOWED_MILLIS = 2_000;
  private static final int OFFERED_MAX = 4;

  private final Parts parts;
  private final Inbox<Input> self;
  private final Map<Long, PublicKey> asked = new LinkedHashMap<>();
  private final Offers offers = new Offers();
  private final Company company;
  private final WayStore way;
  private final Walk walk;
  private Optional<SnapshotImport> work = Optional.empty();
  private Optional<HashFetch> fetch = Optional.empty();
  private String refused = "";
  private long requests;
  private long nowMillis;
  private long startedMillis;
  private long askedMillis;
  private long offeredMillis = Long.MAX_VALUE;
  private long movedMillis;
  private long begunMillis;
  private long reportedMillis;
  private long farthest;
  private long followedMillis;
  private boolean withheld;
  private boolean over;

  public StateSync(Parts parts, Inbox<Input> self) {
    this.parts = parts;
    this.self = self;
    this.company = new Company(parts.network(), parts.peers(), parts.salt());
    this.way = WayStore.open(parts.database(), parts.trust());
    this.walk = new Walk(way, offers, () -> ++requests, this);
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    nowMillis = now;
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
    reportedMillis = nowMillis;
    try {
      work = way.resume(nowMillis);
    } catch (Malformed e) {
      work = Optional.empty(); // Of another version, perhaps: it is dropped when a new one begins.
    }
    work.ifPresent(it -> report("snapshot_resumed", it));
    company.tick(nowMillis);
    scheduleTick();
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected peer -> {
        if (company.met(peer, nowMillis)) {
          ask(peer.peer());
        }
      }
      case NetworkEvent.PeerDisconnected gone -> {
        company.gone(gone.peer(), nowMillis);
        left(gone.peer());
        step(new HashFetch.Left(gone.peer()));
      }
      case NetworkEvent.Misbehaved wrong -> drop(wrong.peer(), wrong.reason());
      case NetworkEvent.Refused no -> {
        parts.reporter().info("peer_refused", "address", no.address(), "reason", no.reason());
        company.refused(no, nowMillis);
      }
      case NetworkEvent.Received received -> received(received.peer(), received.message());
    }
  }

  private void ask(PublicKey peer) {
    asked.put(++requests, peer);
    ask(peer, new Get(requests, new Get.ByHeight(0, 1)).message(Kind.SNAPSHOT_GET));
  }

  @Override
  public void ask(PublicKey peer, Message message) {
    parts.network().send(peer, Lane.BULK, message);
  }

  private void received(PublicKey peer, Message message) {
    if (!company.contains(peer)) {
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
        case EPOCHS -> walk.heard(peer, Chunk.decode(message), nowMillis);
        case PEERS_GET, PEERS -> company.heard(peer, message, nowMillis);
        default -> {}
      }
    } catch (Malformed e) {
      drop(peer, e.reason());
    }
  }

  private void offered(PublicKey peer, List<Bytes> manifests) throws Malformed {
    List<Snapshot> offered = new ArrayList<>();
    for (Bytes manifest : manifests.subList(0, Math.min(OFFERED_MAX, manifests.size()))) {
      Snapshot snapshot = Snapshot.decode(manifest);
      snapshot.checkParts();
      if (way.way().isTooOld(snapshot)) {
        refused = "it is older than the trusted block";
      } else {
        offered.add(snapshot);
      }
    }
    offers.put(peer, offered);
    walk.step(nowMillis);
    work.filter(_ -> fetch.isPresent()).ifPresent(it -> join(peer, it.snapshot()));
  }

  private void join(PublicKey peer, Snapshot wanted) {
    if (offers.has(peer, wanted)) {
      step(new HashFetch.Joined(peer));
    }
  }

  private void tick() {
    company.tick(nowMillis);
    if (nowMillis - askedMillis >= ASK_MILLIS && fetch.isEmpty()) {
      askedMillis = nowMillis;
      company.connected().forEach(this::ask);
    }
    reportWaiting();
    walk.step(nowMillis);
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
        work.filter(it ->
            !offers.isWithheld(it.snapshot()) && offers.hasAny(company.connected(), it.snapshot()));
    boolean wait = work.isPresent() && nowMillis - startedMillis < RESUME_MILLIS;
    boolean leads = walk.isUnderWay() && nowMillis - movedMillis < LEAD_MILLIS;
    Optional<Snapshot> newest = offers.candidate();
    offeredMillis = newest.isEmpty() ? Long.MAX_VALUE : Math.min(offeredMillis, nowMillis);
    if (begun.isPresent()) {
      begin(begun.get());
    } else if (!wait && !leads && nowMillis - OFFERS_MILLIS >= offeredMillis) {
      newest.ifPresent(it -> begin(SnapshotImport.begin(parts.database(), it)));
    }
  }

  private void begin(SnapshotImport chosen) {
    work = Optional.of(chosen);
    begunMillis = nowMillis;
    report("snapshot_begun", chosen);
    fetch =
        Optional.of(new HashFetch(HashFetch.Goods.SNAPSHOTS, chosen::identify, () -> ++requests));
    step(new HashFetch.Wanted(chosen.missing()));
    company.connected().forEach(peer -> join(peer, chosen.snapshot()));
    finishIfWhole(chosen);
  }

  /// Nobody has what was begun any more, for they keep the newest only, or those who say that they
  /// have it send nothing: another is begun.
  private void lookElsewhere() {
    Snapshot begun = work.orElseThrow().snapshot();
    long still = nowMillis - Math.max(movedMillis, begunMillis);
    if (still >= RESUME_MILLIS && !offers.hasAny(company.connected(), begun)) {
      fetch = Optional.empty();
      work = Optional.empty();
    } else if (still >= WITHHELD_MILLIS) {
      parts.reporter().warn("snapshot_withheld", "height", begun.height());
      withheld = true;
      offers.withhold(begun);
      fetch = Optional.empty();
    } else if (still >= ASK_MILLIS && nowMillis - askedMillis >= ASK_MILLIS) {
      askedMillis = nowMillis;
      company.connected().forEach(this::ask);
    }
  }

  private void reportWaiting() {
    if (fetch.isEmpty() && nowMillis - reportedMillis >= WAITING_MILLIS) {
      reportedMillis = nowMillis;
      int peers = company.connected().size();
      String why = peers == 0 ? "no peer answers" : "no peer offers a snapshot";
      parts
          .reporter()
          .info(
              "snapshot_awaited",
              "peers",
              peers,
              "seconds",
              (nowMillis - startedMillis) / MILLIS,
              "reason",
              offers.isEmpty() ? why : "it is being chosen");
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
      end(new Synced(whole.snapshot().height(), company.dropped()));
    }
  }

  private void left(PublicKey peer) {
    offers.remove(peer);
    walk.gone(peer);
  }

  @Override
  public void follows(long epoch, long of) {
    if (epoch > farthest) {
      farthest = epoch;
      movedMillis = nowMillis;
    }
    if (nowMillis - followedMillis >= FOLLOWED_MILLIS) {
      followedMillis = nowMillis;
      parts.reporter().info("epochs_followed", "epoch", epoch, "of", of);
    }
  }

  @Override
  public void drop(PublicKey peer, String reason) {
    if (company.drop(peer, reason, nowMillis)) {
      refused = reason;
      parts.reporter().warn("snapshot_peer_dropped", "peer", peer, "reason", reason);
    }
    left(peer);
    step(new HashFetch.Left(peer));
  }

  private String complaint() {
    if (!refused.isEmpty()) {
      return "no peer sends a snapshot that is proven; the last one refused: " + refused;
    }
    if (company.connected().isEmpty()) {
      return "no peer can be reached: name some with --peer";
    }
    if (withheld) {
      return "peers offer snapshots and do not send them: name others with --peer, and start again;"
          + " what has come is kept";
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

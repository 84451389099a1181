package nimble.node.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.storage.BlobStore;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Serves the chunks that this node has, and gathers those it wants from several peers at once,
/// each checked by its name. What has arrived stays, so that a fetch goes on where another ended.
public final class BlobExchange implements Owner<BlobExchange.Input>, Blobs {
  /// What happens to the exchange.
  public sealed interface Input {
    record Network(NetworkEvent event) implements Input {}

    record Fetch(Hash manifest, Consumer<Fetched> done) implements Input {}

    record Store(Manifest manifest, List<Bytes> chunks, Runnable done) implements Input {}

    record Tick() implements Input {}
  }

  private static final int CHUNKS_PER_REQUEST = 4;
  private static final int SERVED_PER_REQUEST_MAX = 6;
  private static final int FETCHES_MAX = 64;
  private static final long TICK_MILLIS = 500;
  private static final long REQUEST_MILLIS = 10_000;

  /// A fetch that has not moved for so long has failed.
  private static final long PATIENCE_MILLIS = 30_000;

  private static final class Gathering {
    final List<Consumer<Fetched>> waiting = new ArrayList<>();
    final Set<Hash> missing = new LinkedHashSet<>();
    Optional<Manifest> manifest = Optional.empty();
    long movedMillis;
  }

  private record Request(long number, List<Hash> hashes, long deadlineMillis) {}

  private static final class Source {
    Optional<Request> open = Optional.empty();
    final Set<Hash> lacks = new LinkedHashSet<>();
  }

  private final BlobStore store;
  private final Network network;
  private final Timers timers;
  private final Mailbox<Input> self;
  private final Map<Hash, Gathering> gatherings = new LinkedHashMap<>();
  private final TreeMap<PublicKey, Source> sources = new TreeMap<>();
  private long requests;
  private long nowMillis;
  private boolean ticking;

  public BlobExchange(BlobStore store, Network network, Timers timers, Mailbox<Input> self) {
    this.store = store;
    this.network = network;
    this.timers = timers;
    this.self = self;
  }

  @Override
  public void fetch(Hash manifest, Consumer<Fetched> done) {
    if (!self.offer(new Input.Fetch(manifest, done))) {
      done.accept(new Fetched.Failed("too many requests for blobs wait already"));
    }
  }

  @Override
  public void store(Manifest manifest, List<Bytes> chunks, Runnable done) {
    if (!self.offer(new Input.Store(manifest, chunks, done))) {
      timers.after(TICK_MILLIS, () -> store(manifest, chunks, done));
    }
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    nowMillis = now;
    for (Input input : inputs) {
      switch (input) {
        case Input.Network(NetworkEvent event) -> network(event);
        case Input.Fetch(Hash manifest, Consumer<Fetched> done) -> begin(manifest, done);
        case Input.Store(Manifest manifest, List<Bytes> chunks, Runnable done) -> {
          chunks.forEach(store::put);
          store.put(manifest.encode());
          done.run();
        }
        case Input.Tick() -> tick();
      }
    }
    ask();
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected connected -> sources.put(connected.peer(), new Source());
      case NetworkEvent.PeerDisconnected gone -> sources.remove(gone.peer());
      case NetworkEvent.Refused _, NetworkEvent.Misbehaved _ -> {}
      case NetworkEvent.Received received -> {
        try {
          switch (received.message().kind()) {
            case BLOB_GET -> serve(received.peer(), Get.decode(received.message()));
            case BLOBS -> answered(received.peer(), Chunk.decode(received.message()));
            default -> {}
          }
        } catch (Malformed e) {
          network.disconnect(received.peer(), "blobs: " + e.reason());
        }
      }
    }
  }

  private void serve(PublicKey peer, Get get) {
    if (get.wanted() instanceof Get.ByHash(List<Hash> hashes)) {
      List<Bytes> found = new ArrayList<>();
      for (Hash hash : hashes.subList(0, Math.min(hashes.size(), SERVED_PER_REQUEST_MAX))) {
        store.get(hash).ifPresent(found::add);
      }
      Chunk answer = Chunk.fitting(Kind.BLOBS, get.request(), found);
      boolean cut = answer.truncated() || hashes.size() > SERVED_PER_REQUEST_MAX;
      network.send(
          peer, Lane.BULK, new Chunk(answer.request(), answer.items(), cut).message(Kind.BLOBS));
    }
  }

  private void begin(Hash manifest, Consumer<Fetched> done) {
    Gathering gathering = gatherings.get(manifest);
    if (gathering == null) {
      if (gatherings.size() >= FETCHES_MAX) {
        done.accept(
            new Fetched.Failed("%d blobs are being fetched already".formatted(FETCHES_MAX)));
        return;
      }
      gathering = new Gathering();
      gathering.movedMillis = nowMillis;
      gathering.missing.add(manifest);
      gatherings.put(manifest, gathering);
    }
    gathering.waiting.add(done);
    move(manifest, gathering);
    if (!ticking) {
      ticking = true;
      timers.after(TICK_MILLIS, this::offerTick);
    }
  }

  private void offerTick() {
    if (!self.offer(new Input.Tick())) {
      timers.after(TICK_MILLIS, this::offerTick);
    }
  }

  /// Takes what is here, learns from the manifest what else is needed, and ends when nothing is.
  private void move(Hash id, Gathering gathering) {
    if (gathering.manifest.isEmpty()) {
      Optional<Bytes> bytes = store.get(id);
      if (bytes.isEmpty()) {
        return;
      }
      try {
        Manifest manifest = Manifest.decode(bytes.get());
        gathering.manifest = Optional.of(manifest);
        gathering.missing.clear();
        gathering.missing.addAll(manifest.chunks());
      } catch (Malformed e) {
        end(id, gathering, new Fetched.Failed("%s is no manifest: %s".formatted(id, e.reason())));
        return;
      }
    }
    gathering.missing.removeIf(store::has);
    if (gathering.missing.isEmpty()) {
      assemble(gathering).ifPresent(whole -> end(id, gathering, new Fetched.Whole(whole)));
    }
  }

  /// Empty when a chunk turns out to be damaged: it is missing again.
  private Optional<Bytes> assemble(Gathering gathering) {
    List<Bytes> parts = new ArrayList<>();
    for (Hash hash : gathering.manifest.orElseThrow().chunks()) {
      Optional<Bytes> part = store.get(hash);
      if (part.isEmpty()) {
        gathering.missing.add(hash);
        return Optional.empty();
      }
      parts.add(part.get());
    }
    return Optional.of(Bytes.concat(parts.toArray(Bytes[]::new)));
  }

  private void end(Hash id, Gathering gathering, Fetched result) {
    gatherings.remove(id);
    gathering.waiting.forEach(done -> done.accept(result));
  }

  private void answered(PublicKey peer, Chunk chunk) {
    Source source = sources.get(peer);
    if (source == null || source.open.filter(it -> it.number() == chunk.request()).isEmpty()) {
      return;
    }
    Set<Hash> asked = new LinkedHashSet<>(source.open.orElseThrow().hashes());
    source.open = Optional.empty();
    boolean stored = false;
    for (Bytes item : chunk.items()) {
      // Only what was asked for is kept, so nobody can fill the disk.
      if (asked.remove(Manifest.chunkHash(item))) {
        stored |= store.put(item) != BlobStore.Put.OVER_QUOTA;
      }
    }
    if (!chunk.truncated()) {
      source.lacks.addAll(asked);
    }
    if (stored) {
      List.copyOf(gatherings.entrySet())
          .forEach(entry -> {
            entry.getValue().movedMillis = nowMillis;
            move(entry.getKey(), entry.getValue());
          });
    }
  }

  private void tick() {
    for (Map.Entry<Hash, Gathering> entry : List.copyOf(gatherings.entrySet())) {
      Gathering gathering = entry.getValue();
      if (nowMillis - gathering.movedMillis > PATIENCE_MILLIS) {
        end(
            entry.getKey(),
            gathering,
            new Fetched.Failed(
                "%d chunks of blob %s are nowhere to be had"
                    .formatted(gathering.missing.size(), entry.getKey())));
      }
    }
    for (Source source : sources.values()) {
      source.lacks.clear();
      if (source.open.filter(it -> it.deadlineMillis() < nowMillis).isPresent()) {
        source.open = Optional.empty();
      }
    }
    ticking = !gatherings.isEmpty();
    if (ticking) {
      timers.after(TICK_MILLIS, this::offerTick);
    }
  }

  /// Spreads what is missing over the peers that may have it.
  private void ask() {
    Set<Hash> inFlight = new LinkedHashSet<>();
    sources.values().forEach(source -> source.open.ifPresent(it -> inFlight.addAll(it.hashes())));
    sources.forEach((peer, source) -> {
      if (source.open.isPresent()) {
        return;
      }
      List<Hash> wanted =
          gatherings.values().stream()
              .flatMap(gathering -> gathering.missing.stream())
              .filter(hash -> !inFlight.contains(hash) && !source.lacks.contains(hash))
              .distinct()
              .limit(CHUNKS_PER_REQUEST)
              .toList();
      if (!wanted.isEmpty()) {
        requests++;
        source.open = Optional.of(new Request(requests, wanted, nowMillis + REQUEST_MILLIS));
        inFlight.addAll(wanted);
        network.send(
            peer, Lane.CONTROL, new Get(requests, new Get.ByHash(wanted)).message(Kind.BLOB_GET));
      }
    });
  }
}

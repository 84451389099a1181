package nimble.node.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.node.net.Penalties;
import nimble.p2p.Chunk;
import nimble.p2p.Effect;
import nimble.p2p.Get;
import nimble.p2p.HashFetch;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.Penalty;
import nimble.storage.BlobStore;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Serves the chunks that this node has, and gathers those it wants with [HashFetch]. A manifest is
/// a chunk like others, whose name is its blob's. What has arrived stays, so that a fetch goes on
/// where another ended.
public final class BlobExchange implements Owner<BlobExchange.Input>, Blobs {
  /// What happens to the exchange.
  public sealed interface Input {
    record Network(NetworkEvent event) implements Input {}

    record Fetch(Hash manifest, Consumer<Fetched> done) implements Input {}

    record Store(Manifest manifest, List<Bytes> chunks, Runnable done) implements Input {}

    record Tick() implements Input {}
  }

  private static final int SERVED_PER_REQUEST_MAX = 6;
  private static final int FETCHES_MAX = 64;
  private static final long WHOLE_BYTES_MAX = 1L << 30;
  private static final long TICK_MILLIS = 500;

  /// A fetch that has not moved for so long has failed.
  private static final long PATIENCE_MILLIS = 30_000;

  private static final class Gathering {
    private final List<Consumer<Fetched>> waiting = new ArrayList<>();
    private final Set<Hash> missing = new LinkedHashSet<>();
    private Optional<Manifest> manifest = Optional.empty();
    private long movedMillis;
  }

  private final BlobStore store;
  private final Network network;
  private final Penalties penalties;
  private final Timers timers;
  private final Mailbox<Input> self;
  private final HashFetch fetch;
  private final Map<Hash, Gathering> gatherings = new LinkedHashMap<>();
  private long requests;
  private long nowMillis;
  private boolean ticking;

  public BlobExchange(
      BlobStore store, Network network, Penalties penalties, Timers timers, Mailbox<Input> self) {
    this.store = store;
    this.network = network;
    this.penalties = penalties;
    this.timers = timers;
    this.self = self;
    this.fetch =
        new HashFetch(
            HashFetch.Goods.BLOBS, body -> Optional.of(Manifest.chunkHash(body)), () -> ++requests);
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
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected connected -> step(new HashFetch.Joined(connected.peer()));
      case NetworkEvent.PeerDisconnected gone -> step(new HashFetch.Left(gone.peer()));
      case NetworkEvent.Refused _, NetworkEvent.Misbehaved _ -> {}
      case NetworkEvent.Received received -> {
        switch (received.message().kind()) {
          case BLOB_GET -> asked(received.peer(), received.message());
          case BLOBS -> step(new HashFetch.Heard(received.peer(), received.message()));
          default -> {}
        }
      }
    }
  }

  private void asked(PublicKey peer, Message message) {
    try {
      Get get = Get.decode(message);
      switch (get.wanted()) {
        case Get.ByHash(List<Hash> hashes) -> serve(peer, get.request(), hashes);
        case Get.ByHeight _ -> throw new Malformed("blobs have no heights");
      }
    } catch (Malformed e) {
      penalties.penalize(peer, Penalty.LARGE, "BLOB_GET: " + e.reason());
    }
  }

  private void serve(PublicKey peer, long request, List<Hash> hashes) {
    List<Bytes> found = new ArrayList<>();
    for (Hash hash : hashes.subList(0, Math.min(hashes.size(), SERVED_PER_REQUEST_MAX))) {
      store.get(hash).ifPresent(found::add);
    }
    Chunk answer = Chunk.fitting(Kind.BLOBS, request, found);
    boolean cut = answer.truncated() || hashes.size() > SERVED_PER_REQUEST_MAX;
    network.send(
        peer, Lane.BULK, new Chunk(answer.request(), answer.items(), cut).message(Kind.BLOBS));
  }

  private void begin(Hash id, Consumer<Fetched> done) {
    Gathering known = gatherings.get(id);
    if (known != null) {
      known.waiting.add(done);
    } else if (gatherings.size() >= FETCHES_MAX) {
      done.accept(new Fetched.Failed("%d blobs are being fetched already".formatted(FETCHES_MAX)));
    } else {
      Gathering gathering = new Gathering();
      gathering.waiting.add(done);
      gathering.movedMillis = nowMillis;
      gatherings.put(id, gathering);
      gather(id, gathering, List.of(id));
      keepTicking();
    }
  }

  /// Fetches what is not here, and goes on when all is.
  private void gather(Hash id, Gathering gathering, List<Hash> chunks) {
    chunks.stream().filter(chunk -> !store.has(chunk)).forEach(gathering.missing::add);
    if (gathering.missing.isEmpty()) {
      gathered(id, gathering);
    } else {
      step(new HashFetch.Wanted(List.copyOf(gathering.missing)));
    }
  }

  /// First the manifest is here, then the chunks that it names.
  private void gathered(Hash id, Gathering gathering) {
    if (gathering.manifest.isPresent()) {
      assemble(id, gathering, gathering.manifest.get());
      return;
    }
    Optional<Bytes> bytes = store.get(id);
    if (bytes.isEmpty()) {
      gather(id, gathering, List.of(id)); // Damaged on disk: missing again.
      return;
    }
    try {
      Manifest manifest = Manifest.decode(bytes.get());
      if (manifest.size() > WHOLE_BYTES_MAX) {
        throw new Malformed(
            "%d bytes, at most %d are gathered".formatted(manifest.size(), WHOLE_BYTES_MAX));
      }
      gathering.manifest = Optional.of(manifest);
      gather(id, gathering, manifest.chunks());
    } catch (Malformed e) {
      end(id, gathering, new Fetched.Failed("blob %s: %s".formatted(id, e.reason())));
    }
  }

  private void assemble(Hash id, Gathering gathering, Manifest manifest) {
    List<Bytes> parts = new ArrayList<>();
    for (Hash chunk : manifest.chunks()) {
      Optional<Bytes> part = store.get(chunk);
      if (part.isEmpty()) {
        gather(id, gathering, manifest.chunks()); // As above.
        return;
      }
      parts.add(part.get());
    }
    end(id, gathering, new Fetched.Whole(Bytes.concat(parts.toArray(Bytes[]::new))));
  }

  private void end(Hash id, Gathering gathering, Fetched result) {
    gatherings.remove(id);
    List<Hash> nobodys =
        gathering.missing.stream()
            .filter(hash -> gatherings.values().stream().noneMatch(it -> it.missing.contains(hash)))
            .toList();
    if (!nobodys.isEmpty()) {
      step(new HashFetch.Dropped(nobodys));
    }
    gathering.waiting.forEach(done -> done.accept(result));
  }

  private void step(HashFetch.Input input) {
    for (Effect effect : fetch.step(input, nowMillis)) {
      switch (effect) {
        case Effect.Send(var peer, var lane, var message) -> network.send(peer, lane, message);
        case Effect.Penalize(var peer, var penalty, var reason) ->
            penalties.penalize(peer, penalty, reason);
        case Effect.Deliver(Hash hash, Bytes chunk, PublicKey _) -> delivered(hash, chunk);
        case Effect.DeliverAt _ -> Invariant.check(false, "%s by height", effect);
      }
    }
  }

  /// Only what was asked for comes here, so nobody can fill the disk.
  private void delivered(Hash hash, Bytes chunk) {
    boolean full = store.put(chunk) == BlobStore.Put.OVER_QUOTA;
    for (Map.Entry<Hash, Gathering> entry : List.copyOf(gatherings.entrySet())) {
      Gathering gathering = entry.getValue();
      if (gathering.missing.remove(hash)) {
        gathering.movedMillis = nowMillis;
        if (full) {
          end(entry.getKey(), gathering, new Fetched.Failed("this node's blob store is full"));
        } else if (gathering.missing.isEmpty()) {
          gathered(entry.getKey(), gathering);
        }
      }
    }
  }

  private void tick() {
    ticking = false;
    step(new HashFetch.Ticked());
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
    keepTicking();
  }

  /// Time matters only while something is being fetched.
  private void keepTicking() {
    if (!ticking && !gatherings.isEmpty()) {
      ticking = true;
      offerTick();
    }
  }

  private void offerTick() {
    timers.after(
        TICK_MILLIS,
        () -> {
          if (!self.offer(new Input.Tick())) {
            offerTick();
          }
        });
  }
}

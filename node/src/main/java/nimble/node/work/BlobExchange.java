package nimble.node.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.chain.Penalties;
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
import nimble.p2p.Penalty;
import nimble.storage.BlobStore;
import nimble.storage.Shelf;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Serves the chunks that this node has in its blob store and on its shelf, and gathers those it
/// wants with [HashFetch]. A manifest is a chunk like others, whose name is its blob's. What has
/// arrived stays, in the store or in its group, so that a fetch goes on where another ended.
public final class BlobExchange implements Owner<BlobExchange.Input>, Blobs, Evidence {
  /// What happens to the exchange.
  public sealed interface Input {
    record Network(NetworkEvent event) implements Input {}

    record Fetch(Hash manifest, long bytesMax, Consumer<Fetched> done) implements Input {}

    record Store(Manifest manifest, List<Bytes> chunks, Runnable done) implements Input {}

    record Gather(Order order, Consumer<Fetched> done) implements Input {}

    record Keep(String group, Manifest manifest, List<Bytes> chunks, Consumer<Shelf.Put> done)
        implements Input {}

    record Write(String group, String document, Bytes contents, Consumer<Shelf.Put> done)
        implements Input {}

    record Read(String group, String document, Consumer<Optional<Bytes>> done) implements Input {}

    record Groups(Consumer<SortedSet<String>> done) implements Input {}

    record Drop(String group) implements Input {}

    record Tick() implements Input {}
  }

  private static final int SERVED_PER_REQUEST_MAX = 6;

  /// For less not even one chunk is read.
  private static final long ROOM_MIN = 2L * Manifest.CHUNK_BYTES;

  private static final int FETCHES_MAX = 64;
  private static final long TICK_MILLIS = 500;

  /// A fetch into the store that has not moved for so long has failed.
  private static final long PATIENCE_MILLIS = 30_000;

  private final BlobStore store;
  private final Shelf shelf;
  private final Network network;
  private final Penalties penalties;
  private final Timers timers;
  private final Inbox<Input> self;
  private final HashFetch fetch;
  private final Map<Gathering.Key, Gathering> gatherings = new LinkedHashMap<>();
  private long requests;
  private long nowMillis;
  private boolean ticking;

  public BlobExchange(
      BlobStore store,
      Shelf shelf,
      Network network,
      Penalties penalties,
      Timers timers,
      Inbox<Input> self) {
    this.store = store;
    this.shelf = shelf;
    this.network = network;
    this.penalties = penalties;
    this.timers = timers;
    this.self = self;
    this.fetch = new HashFetch(HashFetch.Goods.BLOBS, BlobExchange::chunkName, () -> ++requests);
  }

  /// Nothing else is a chunk, whatever its hash.
  private static Optional<Hash> chunkName(Bytes body) {
    return body.isEmpty() || body.size() > Manifest.CHUNK_BYTES
        ? Optional.empty()
        : Optional.of(Manifest.chunkHash(body));
  }

  @Override
  public void fetch(Hash manifest, long bytesMax, Consumer<Fetched> done) {
    if (!self.offer(new Input.Fetch(manifest, bytesMax, done))) {
      done.accept(new Fetched.Failed("too many requests for blobs wait already"));
    }
  }

  @Override
  public void store(Manifest manifest, List<Bytes> chunks, Runnable done) {
    if (!self.offer(new Input.Store(manifest, chunks, done))) {
      timers.after(TICK_MILLIS, () -> store(manifest, chunks, done));
    }
  }

  // Evidence is this node's own: who makes it waits for the answer, which bounds the inbox.

  @Override
  public void fetch(Order order, Consumer<Fetched> done) {
    self.must(new Input.Gather(order, done));
  }

  @Override
  public void keep(String group, Manifest manifest, List<Bytes> chunks, Consumer<Shelf.Put> done) {
    self.must(new Input.Keep(group, manifest, chunks, done));
  }

  @Override
  public void write(String group, String document, Bytes contents, Consumer<Shelf.Put> done) {
    self.must(new Input.Write(group, document, contents, done));
  }

  @Override
  public void read(String group, String document, Consumer<Optional<Bytes>> done) {
    self.must(new Input.Read(group, document, done));
  }

  @Override
  public void groups(Consumer<SortedSet<String>> done) {
    self.must(new Input.Groups(done));
  }

  @Override
  public void drop(String group) {
    self.must(new Input.Drop(group));
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    nowMillis = now;
    for (Input input : inputs) {
      switch (input) {
        case Input.Network(NetworkEvent event) -> network(event);
        case Input.Fetch(Hash manifest, long bytesMax, Consumer<Fetched> done) ->
            begin(
                new Gathering(
                    new Gathering.Key(Optional.empty(), manifest, Math.min(bytesMax, BYTES_MAX)),
                    new Room.Store(store),
                    List.of(),
                    PATIENCE_MILLIS,
                    nowMillis),
                done);
        case Input.Store(Manifest manifest, List<Bytes> chunks, Runnable done) -> {
          if (isStored(manifest, chunks)) {
            done.run();
          } else {
            // Room may come; until then nobody is told that the blob is here.
            timers.after(PATIENCE_MILLIS, () -> store(manifest, chunks, done));
          }
        }
        case Input.Gather(Order order, Consumer<Fetched> done) -> begin(gathering(order), done);
        case Input.Keep keep -> keep.done().accept(keep(keep));
        case Input.Write(String group, String name, Bytes contents, Consumer<Shelf.Put> done) ->
            done.accept(shelf.write(group, name, contents));
        case Input.Read(String group, String name, Consumer<Optional<Bytes>> done) ->
            done.accept(shelf.read(group, name));
        case Input.Groups(Consumer<SortedSet<String>> done) -> done.accept(shelf.groups());
        case Input.Drop(String group) -> dropped(group);
        case Input.Tick() -> tick();
      }
    }
  }

  private boolean isStored(Manifest manifest, List<Bytes> chunks) {
    return Stream.concat(chunks.stream(), Stream.of(manifest.encode()))
        .allMatch(chunk -> store.put(chunk) != BlobStore.Put.OVER_QUOTA);
  }

  private Gathering gathering(Order order) {
    return new Gathering(
        new Gathering.Key(
            Optional.of(order.group()), order.manifest(), Math.min(order.sizeMax(), BYTES_MAX)),
        new Room.Group(shelf, order.group()),
        order.sources(),
        order.patienceMillis(),
        nowMillis);
  }

  private Shelf.Put keep(Input.Keep keep) {
    List<Hash> names = keep.manifest().chunks();
    Invariant.check(
        names.size() == keep.chunks().size(),
        "%d of %d chunks",
        keep.chunks().size(),
        names.size());
    Room room = new Room.Group(shelf, keep.group());
    for (int index = 0; index < names.size(); index++) {
      if (!room.put(names.get(index), keep.chunks().get(index))) {
        return Shelf.Put.FULL;
      }
    }
    Bytes manifest = keep.manifest().encode();
    return shelf.put(keep.group(), Manifest.chunkHash(manifest), manifest);
  }

  private void dropped(String group) {
    for (Gathering gathering : List.copyOf(gatherings.values())) {
      if (gathering.key().group().equals(Optional.of(group))) {
        end(gathering, new Fetched.Failed("group %s was given up".formatted(group)));
      }
    }
    shelf.drop(group);
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

  /// W9.
  private void serve(PublicKey peer, long request, List<Hash> hashes) {
    long room = network.lane(peer, Lane.BULK).answerRoom();
    if (room < ROOM_MIN) {
      return;
    }
    int most = (int) Math.min(SERVED_PER_REQUEST_MAX, room / Manifest.CHUNK_BYTES);
    List<Bytes> found = new ArrayList<>();
    for (Hash hash : hashes.subList(0, Math.min(hashes.size(), most))) {
      here(hash).ifPresent(found::add);
    }
    Chunk answer = Chunk.fitting(Kind.BLOBS, room, request, found);
    boolean cut = answer.truncated() || hashes.size() > most;
    network.send(
        peer, Lane.BULK, new Chunk(answer.request(), answer.items(), cut).message(Kind.BLOBS));
  }

  /// Wherever on this node it is.
  private Optional<Bytes> here(Hash chunk) {
    return store.get(chunk).or(() -> shelf.get(chunk));
  }

  private void begin(Gathering gathering, Consumer<Fetched> done) {
    Gathering known = gatherings.get(gathering.key());
    if (known != null) {
      known.waiting().add(done);
    } else if (gathering.key().group().isEmpty() && fetches() >= FETCHES_MAX) {
      done.accept(new Fetched.Failed("%d blobs are being fetched already".formatted(FETCHES_MAX)));
    } else {
      gathering.waiting().add(done);
      gatherings.put(gathering.key(), gathering);
      gather(gathering);
      keepTicking();
    }
  }

  /// Into the store; what a group wants is bounded by who keeps groups.
  private long fetches() {
    return gatherings.keySet().stream().filter(key -> key.group().isEmpty()).count();
  }

  /// Fetches what is not here, and goes on when all is.
  private void gather(Gathering gathering) {
    Room room = gathering.room();
    for (Hash chunk : gathering.wanted()) {
      if (!room.has(chunk)) {
        Optional<Bytes> elsewhere = here(chunk);
        if (elsewhere.isEmpty()) {
          gathering.missing().add(chunk);
        } else if (!room.put(chunk, elsewhere.get())) {
          full(gathering);
          return;
        }
      }
    }
    if (gathering.missing().isEmpty()) {
      gathered(gathering);
    } else {
      step(new HashFetch.Wanted(List.copyOf(gathering.missing()), gathering.sources()));
    }
  }

  /// First the manifest is here, then the chunks that it names. What was damaged on disk is missing
  /// again.
  private void gathered(Gathering gathering) {
    try {
      if (gathering.hasManifest()) {
        Optional<ByteSource> whole = gathering.whole();
        if (whole.isPresent()) {
          end(gathering, new Fetched.Whole(whole.get()));
          return;
        }
      } else {
        Optional<Bytes> manifest = gathering.room().get(gathering.key().manifest());
        if (manifest.isPresent()) {
          gathering.manifest(manifest.get());
        }
      }
      gather(gathering);
    } catch (Malformed e) {
      end(
          gathering,
          new Fetched.Failed("blob %s: %s".formatted(gathering.key().manifest(), e.reason())));
    }
  }

  private void full(Gathering gathering) {
    end(gathering, new Fetched.Failed("this node's %s is full".formatted(gathering.room())));
  }

  private void end(Gathering gathering, Fetched result) {
    gatherings.remove(gathering.key());
    List<Hash> nobodys =
        gathering.missing().stream()
            .filter(
                hash -> gatherings.values().stream().noneMatch(it -> it.missing().contains(hash)))
            .toList();
    if (!nobodys.isEmpty()) {
      step(new HashFetch.Dropped(nobodys));
    }
    gathering.waiting().forEach(done -> done.accept(result));
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
    for (Gathering gathering : List.copyOf(gatherings.values())) {
      if (gathering.missing().remove(hash)) {
        gathering.moved(nowMillis);
        if (!gathering.room().put(hash, chunk)) {
          full(gathering);
        } else if (gathering.missing().isEmpty()) {
          gathered(gathering);
        }
      }
    }
  }

  private void tick() {
    ticking = false;
    step(new HashFetch.Ticked());
    for (Gathering gathering : List.copyOf(gatherings.values())) {
      if (gathering.isStuck(nowMillis)) {
        end(
            gathering,
            new Fetched.Failed(
                "%d chunks of blob %s are nowhere to be had"
                    .formatted(gathering.missing().size(), gathering.key().manifest())));
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

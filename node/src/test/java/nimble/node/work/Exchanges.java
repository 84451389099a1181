package nimble.node.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import nimble.blob.Manifest;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.SigningKey;
import nimble.node.Alone;
import nimble.node.net.TestInbox;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.storage.mem.MemoryBlobStore;
import nimble.storage.mem.MemoryShelf;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Exchanges of blobs over a simulated network, and peers of other kinds.
final class Exchanges {
  static final long SHELF_BYTES_MAX = 16L << 20;
  private static final long MILLIS_MAX = 120_000;

  /// A node as far as blobs go.
  static final class Party {
    final MemoryBlobStore store = new MemoryBlobStore(64L << 20);
    final MemoryShelf shelf = new MemoryShelf(SHELF_BYTES_MAX);
    final List<String> penalties = new ArrayList<>();
    final Network network;
    final BlobExchange exchange;

    private Party(Exchanges world, int number) {
      TestInbox<BlobExchange.Input> inbox = new TestInbox<>(world.sim);
      network =
          world.join(
              number,
              event -> {
                inbox.must(new BlobExchange.Input.Network(event));
                return true;
              });
      exchange =
          new BlobExchange(
              store,
              shelf,
              network,
              (peer, penalty, reason) ->
                  penalties.add("%s %s %s".formatted(peer.equals(key(2)), penalty, reason)),
              world.sim::after,
              inbox);
      inbox.start(exchange);
    }
  }

  final Sim sim = new Sim(1);
  private final SimNetwork wires = new SimNetwork(sim, Weather.calm());

  static PublicKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(Bytes.wrap(seed)).publicKey();
  }

  private static PeerAddress address(int number) {
    return PeerAddress.of("10.0.0." + number, 7040).withPeer(key(number));
  }

  private Network join(int number, NetworkListener listener) {
    return wires.join(key(number), address(number), Alone.hello(Role.MINER), () -> 0, listener);
  }

  Party party(int number) {
    return new Party(this, number);
  }

  /// A peer that answers requests for blobs in its own way.
  ///
  /// @param answer to a request; empty is silence
  /// @param delayMillis before each answer
  Network stranger(int number, long delayMillis, Function<Get, Optional<Chunk>> answer) {
    List<Network> self = new ArrayList<>();
    self.add(
        join(
            number,
            event -> {
              if (event instanceof NetworkEvent.Received received
                  && received.message().kind() == Kind.BLOB_GET) {
                Optional<Chunk> chunk = answer.apply(get(received));
                sim.after(
                    delayMillis,
                    () ->
                        chunk.ifPresent(it ->
                            self.getFirst()
                                .send(received.peer(), Lane.BULK, it.message(Kind.BLOBS))));
              }
              return true;
            }));
    return self.getFirst();
  }

  /// A peer that has `items`, and does something to each before it sends it.
  Network holder(int number, List<Bytes> items, UnaryOperator<Bytes> spoil) {
    return stranger(
        number,
        0,
        get ->
            Optional.of(
                new Chunk(
                    get.request(),
                    hashes(get).stream()
                        .flatMap(hash ->
                            items.stream().filter(it -> Manifest.chunkHash(it).equals(hash)))
                        .map(spoil)
                        .toList(),
                    false)));
  }

  static List<Hash> hashes(Get get) {
    return get.wanted() instanceof Get.ByHash(List<Hash> hashes) ? hashes : List.of();
  }

  private static Get get(NetworkEvent.Received received) {
    try {
      return Get.decode(received.message());
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  void connect(Network from, int... numbers) {
    for (int number : numbers) {
      from.connect(address(number));
      runUntil(() -> from.peers().contains(key(number)));
    }
  }

  void runUntil(BooleanSupplier done) {
    long end = sim.nowMillis() + MILLIS_MAX;
    sim.runUntil(() -> {
      if (sim.nowMillis() > end) {
        throw new AssertionError("not after two minutes");
      }
      return done.getAsBoolean();
    });
  }

  /// What became of an order, read whole.
  Blobs.Fetched fetch(Party party, Evidence.Order order) {
    List<Blobs.Fetched> result = new ArrayList<>();
    party.exchange.fetch(order, result::add);
    runUntil(() -> !result.isEmpty());
    return whole(result.getFirst());
  }

  static Blobs.Fetched whole(Blobs.Fetched result) {
    return result instanceof Blobs.Fetched.Whole(ByteSource data)
        ? new Blobs.Fetched.Whole(data.whole())
        : result;
  }

  static List<Bytes> chunks(int full, int rest) {
    SplittableRandom random = new SplittableRandom(full);
    List<Bytes> chunks = new ArrayList<>();
    for (int i = 0; i <= full; i++) {
      byte[] chunk = new byte[i < full ? Manifest.CHUNK_BYTES : rest];
      random.nextBytes(chunk);
      chunks.add(Bytes.wrap(chunk));
    }
    return chunks;
  }

  static Manifest manifest(List<Bytes> chunks) {
    return new Manifest(
        chunks.stream().mapToLong(Bytes::size).sum(),
        chunks.stream().map(Manifest::chunkHash).toList());
  }
}

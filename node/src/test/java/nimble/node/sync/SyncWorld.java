package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.SigningKey;
import nimble.light.Checkpoint;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.net.TestInbox;
import nimble.p2p.Chunk;
import nimble.p2p.ForwardingNetwork;
import nimble.p2p.Hello;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerList;
import nimble.p2p.Role;
import nimble.p2p.Sent;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.storage.Database;
import nimble.storage.mem.MemoryDatabase;
import nimble.types.PublicKey;

/// A sync among simulated peers with snapshots, who may say what is false.
final class SyncWorld {
  private static final long MILLIS_MAX = 200_000;

  final Sim sim = new Sim(1);
  private final SimNetwork wires = new SimNetwork(sim, Weather.calm());
  final TreeMap<Integer, Integer> answered = new TreeMap<>();
  final List<StateSync.Result> results = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  private final Reporter reporter =
      (_, event, pairs) -> log.add(event + " " + List.of(pairs).toString());
  private final Path directory;
  private int joiners = 100;

  SyncWorld(Path directory) {
    this.directory = directory;
  }

  /// What a peer serves: snapshots, and the chain that they are of.
  record Shop(Snapshots snapshots, Database source) {}

  Shop nothing() {
    return new Shop(Snapshots.open(directory.resolve("none")), new MemoryDatabase());
  }

  Shop shop(String name, Database source) {
    Snapshots snapshots = Snapshots.open(directory.resolve(name));
    long height = new FinalizedChain(source).height();
    snapshots.add(Source.export(source, snapshots.place(height)));
    return new Shop(snapshots, source);
  }

  static PublicKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(Bytes.wrap(seed)).publicKey();
  }

  static PeerAddress address(int number) {
    return PeerAddress.of("10.0.0." + number, 7040).withPeer(key(number));
  }

  private Network join(int number, NetworkListener listener) {
    Hello hello =
        new Hello(
            Source.genesis().chain(),
            Source.genesis().hash(),
            Hello.PROTOCOL,
            Hello.PROTOCOL,
            0,
            Optional.empty(),
            EnumSet.noneOf(Role.class),
            "nimble/test");
    return wires.join(key(number), address(number), hello, () -> 0, listener);
  }

  void peer(int number, Shop shop) {
    peer(number, shop, message -> message);
  }

  /// A peer that does something to each answer it sends.
  void peer(int number, Shop shop, UnaryOperator<Message> spoil) {
    peer(number, shop, List.of(), spoil);
  }

  /// @param others of whom it tells
  void peer(int number, Shop shop, List<PeerAddress> others, UnaryOperator<Message> spoil) {
    TestInbox<SnapshotServer.Asked> inbox = new TestInbox<>(sim);
    List<Network> own = new ArrayList<>();
    Network network =
        join(
            number,
            event -> {
              if (event instanceof NetworkEvent.Received received) {
                if (received.message().kind() == Kind.SNAPSHOT_GET
                    || received.message().kind() == Kind.EPOCH_GET) {
                  inbox.must(new SnapshotServer.Asked(received.peer(), received.message()));
                  answered.merge(number, 1, Integer::sum);
                } else if (received.message().kind() == Kind.PEERS_GET) {
                  Message told = new PeerList(others).message();
                  own.getFirst().send(received.peer(), Lane.CONTROL, told);
                }
              }
              return true;
            });
    own.add(network);
    inbox.start(
        new SnapshotServer(
            shop.snapshots(),
            new FinalizedChain(shop.source()),
            new Spoiling(network, spoil),
            (_, _, _) -> {}));
  }

  private static final class Spoiling extends ForwardingNetwork {
    private final UnaryOperator<Message> spoil;

    Spoiling(Network network, UnaryOperator<Message> spoil) {
      super(network);
      this.spoil = spoil;
    }

    @Override
    public Sent send(PublicKey peer, Lane lane, Message message) {
      return super.send(peer, lane, spoil.apply(message));
    }
  }

  /// Flips the last byte of every part.
  static Message lie(Message message) {
    if (message.kind() != Kind.SNAPSHOTS) {
      return message;
    }
    try {
      Chunk chunk = Chunk.decode(message);
      List<Bytes> items = new ArrayList<>();
      for (Bytes item : chunk.items()) {
        byte[] bytes = item.toArray();
        bytes[bytes.length - 1] ^= 1;
        items.add(chunk.request() < 5 ? item : Bytes.wrap(bytes));
      }
      return new Chunk(chunk.request(), items, chunk.truncated()).message(Kind.SNAPSHOTS);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  /// A node that fetches from these peers.
  Network sync(Database database, int... peers) {
    List<PeerAddress> addresses = new ArrayList<>();
    for (int peer : peers) {
      addresses.add(address(peer));
    }
    return sync(database, addresses);
  }

  Network sync(Database database, List<PeerAddress> addresses) {
    return sync(database, Optional.empty(), addresses);
  }

  Network sync(Database database, Optional<Checkpoint> trusted, List<PeerAddress> addresses) {
    int number = joiners++;
    TestInbox<StateSync.Input> inbox = new TestInbox<>(sim);
    Network network =
        join(
            number,
            event -> {
              inbox.must(new StateSync.Input.Network(event));
              return true;
            });
    inbox.start(
        new StateSync(
            new StateSync.Parts(
                database,
                new SnapshotTrust(Source.genesis(), trusted),
                addresses,
                Bytes.wrap(new byte[32]),
                network,
                sim::after,
                reporter,
                results::add),
            inbox));
    inbox.must(new StateSync.Input.Started());
    return network;
  }

  StateSync.Result result() {
    runUntil(() -> !results.isEmpty());
    return results.getFirst();
  }

  void runUntil(BooleanSupplier done) {
    long end = sim.nowMillis() + MILLIS_MAX;
    sim.runUntil(() -> done.getAsBoolean() || sim.nowMillis() > end);
    assertTrue(done.getAsBoolean(), "not in time");
  }

  /// Answers with parts are empty.
  static Message onlyManifests(Message message) {
    if (message.kind() != Kind.SNAPSHOTS) {
      return message;
    }
    try {
      Chunk chunk = Chunk.decode(message);
      for (Bytes item : chunk.items()) {
        Snapshot.decode(item);
      }
      return message;
    } catch (Malformed e) {
      return new Chunk(request(message), List.of(), false).message(Kind.SNAPSHOTS);
    }
  }

  private static long request(Message message) {
    try {
      return Chunk.decode(message).request();
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}

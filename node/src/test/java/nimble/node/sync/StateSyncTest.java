package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.net.TestInbox;
import nimble.p2p.Chunk;
import nimble.p2p.Hello;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.NetworkListener;
import nimble.p2p.PeerAddress;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.storage.Database;
import nimble.storage.mem.MemoryDatabase;
import nimble.types.PublicKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateSyncTest {
  private static final long MILLIS_MAX = 200_000;
  private static final int ENTRIES = 3_000;

  private final Sim sim = new Sim(1);
  private final SimNetwork wires = new SimNetwork(sim, Weather.calm());
  private final TreeMap<Integer, Integer> answered = new TreeMap<>();
  private final List<StateSync.Result> results = new ArrayList<>();
  private Snapshots snapshots = Snapshots.open(Path.of("nowhere"));
  private int joiners = 100;

  @TempDir Path directory;

  @BeforeEach
  void make() {
    Database source = Source.chain(ENTRIES);
    snapshots = Snapshots.open(directory);
    snapshots.add(Source.export(source, snapshots.place(Source.HEIGHT)));
  }

  private static PublicKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(Bytes.wrap(seed)).publicKey();
  }

  private static PeerAddress address(int number) {
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
            EnumSet.noneOf(nimble.p2p.Role.class),
            "nimble/test");
    return wires.join(key(number), address(number), hello, () -> 0, listener);
  }

  /// A peer with the snapshot, that does something to each answer it sends.
  private void peer(int number, UnaryOperator<Message> spoil) {
    TestInbox<SnapshotServer.Asked> inbox = new TestInbox<>(sim);
    Network network =
        join(
            number,
            event -> {
              if (event instanceof NetworkEvent.Received received
                  && received.message().kind() == Kind.SNAPSHOT_GET) {
                inbox.must(new SnapshotServer.Asked(received.peer(), received.message()));
                answered.merge(number, 1, Integer::sum);
              }
              return true;
            });
    inbox.start(new SnapshotServer(snapshots, new Spoiling(network, spoil), (_, _, _) -> {}));
  }

  private record Spoiling(Network network, UnaryOperator<Message> spoil) implements Network {
    @Override
    public PublicKey self() {
      return network.self();
    }

    @Override
    public nimble.p2p.Sent send(PublicKey peer, Lane lane, Message message) {
      return network.send(peer, lane, spoil.apply(message));
    }

    @Override
    public void connect(PeerAddress address) {
      network.connect(address);
    }

    @Override
    public void disconnect(PublicKey peer, String reason) {
      network.disconnect(peer, reason);
    }

    @Override
    public java.util.SortedSet<PublicKey> peers() {
      return network.peers();
    }

    @Override
    public nimble.p2p.LaneState lane(PublicKey peer, Lane lane) {
      return network.lane(peer, lane);
    }

    @Override
    public void admit(nimble.p2p.Admission admission) {
      network.admit(admission);
    }

    @Override
    public void close() {
      network.close();
    }
  }

  /// Flips the last byte of every part.
  private static Message lie(Message message) {
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
  private Network sync(Database database, int... peers) {
    int number = joiners++;
    TestInbox<StateSync.Input> inbox = new TestInbox<>(sim);
    Network network =
        join(
            number,
            event -> {
              inbox.must(new StateSync.Input.Network(event));
              return true;
            });
    List<PeerAddress> addresses = new ArrayList<>();
    for (int peer : peers) {
      addresses.add(address(peer));
    }
    inbox.start(
        new StateSync(
            new StateSync.Parts(
                database,
                new SnapshotTrust(Source.genesis(), Optional.empty()),
                addresses,
                network,
                sim::after,
                Reporter.SILENT,
                results::add),
            inbox));
    inbox.must(new StateSync.Input.Started());
    return network;
  }

  private void runUntil(BooleanSupplier done) {
    long end = sim.nowMillis() + MILLIS_MAX;
    sim.runUntil(() -> done.getAsBoolean() || sim.nowMillis() > end);
    assertTrue(done.getAsBoolean(), "not in time");
  }

  @Test
  void s1PartsComeFromSeveralAndALiarIsDropped() {
    peer(1, message -> message);
    peer(2, StateSyncTest::lie);
    peer(3, message -> message);
    MemoryDatabase database = new MemoryDatabase();
    sync(database, 1, 2, 3);
    runUntil(() -> !results.isEmpty());
    StateSync.Synced synced = assertInstanceOf(StateSync.Synced.class, results.getFirst());
    assertEquals(new StateSync.Synced(Source.HEIGHT, 0, 1), synced);
    assertEquals(Source.HEIGHT, new FinalizedChain(database).height());
    assertTrue(
        answered.getOrDefault(1, 0) > 1 && answered.getOrDefault(3, 0) > 1, answered.toString());
  }

  @Test
  void s4AfterAKillItGoesOn() {
    peer(1, message -> message);
    MemoryDatabase database = new MemoryDatabase();
    Network first = sync(database, 1);
    runUntil(() -> answered.getOrDefault(1, 0) > 5);
    first.close();
    database.crash(new java.util.SplittableRandom(1));
    sync(database, 1);
    runUntil(() -> results.stream().anyMatch(StateSync.Synced.class::isInstance));
    assertEquals(Source.HEIGHT, new FinalizedChain(database).height());
  }

  @Test
  void nobodyHasOne() {
    snapshots = Snapshots.open(directory.resolve("none"));
    peer(1, message -> message);
    sync(new MemoryDatabase(), 1);
    runUntil(() -> !results.isEmpty());
    String reason = assertInstanceOf(StateSync.Failed.class, results.getFirst()).reason();
    assertTrue(reason.contains("no peer offers a snapshot"), reason);
  }

  @Test
  void nobodyIsThere() {
    sync(new MemoryDatabase(), 1);
    runUntil(() -> !results.isEmpty());
    String reason = assertInstanceOf(StateSync.Failed.class, results.getFirst()).reason();
    assertTrue(reason.contains("no peer can be reached"), reason);
  }
}

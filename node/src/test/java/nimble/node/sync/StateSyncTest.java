package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
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
  private final List<String> log = new ArrayList<>();
  private final Reporter reporter =
      (_, event, pairs) -> log.add(event + " " + List.of(pairs).toString());
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
            EnumSet.noneOf(Role.class),
            "nimble/test");
    return wires.join(key(number), address(number), hello, () -> 0, listener);
  }

  /// A peer with the snapshot, that does something to each answer it sends.
  private void peer(int number, UnaryOperator<Message> spoil) {
    peer(number, snapshots, List.of(), spoil);
  }

  /// @param others of whom it tells
  private void peer(
      int number, Snapshots snapshots, List<PeerAddress> others, UnaryOperator<Message> spoil) {
    TestInbox<SnapshotServer.Asked> inbox = new TestInbox<>(sim);
    List<Network> own = new ArrayList<>();
    Network network =
        join(
            number,
            event -> {
              if (event instanceof NetworkEvent.Received received) {
                if (received.message().kind() == Kind.SNAPSHOT_GET) {
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
    inbox.start(new SnapshotServer(snapshots, new Spoiling(network, spoil), (_, _, _) -> {}));
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
    List<PeerAddress> addresses = new ArrayList<>();
    for (int peer : peers) {
      addresses.add(address(peer));
    }
    return sync(database, addresses);
  }

  private Network sync(Database database, List<PeerAddress> addresses) {
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
                new SnapshotTrust(Source.genesis(), Optional.empty()),
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
    assertEquals(new StateSync.Synced(Source.HEIGHT, 1), synced);
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
    database.crash(new SplittableRandom(1));
    sync(database, 1);
    runUntil(() -> results.stream().anyMatch(StateSync.Synced.class::isInstance));
    assertEquals(Source.HEIGHT, new FinalizedChain(database).height());
  }

  /// The parts that came before the kill are not asked for again, liars or not.
  @Test
  void s4WithALiarAmongThemASyncGoesOnAfterAKill() {
    peer(1, message -> message);
    peer(2, StateSyncTest::lie);
    MemoryDatabase database = new MemoryDatabase();
    Network first = sync(database, 1, 2);
    runUntil(() -> log.stream().anyMatch(it -> it.contains("parts, 6,")));
    first.close();
    assertTrue(results.isEmpty(), results.toString());
    int asked = answered.getOrDefault(1, 0);
    database.crash(new SplittableRandom(1));
    sync(database, 1, 2);
    runUntil(() -> !results.isEmpty());
    assertEquals(new StateSync.Synced(Source.HEIGHT, 1), results.getFirst());
    assertEquals(Source.HEIGHT, new FinalizedChain(database).height());
    assertTrue(log.stream().anyMatch(it -> it.startsWith("snapshot_resumed")), log.toString());
    String resumed = log.stream().filter(it -> it.startsWith("snapshot_resumed")).findFirst().get();
    assertFalse(resumed.contains("parts, 0,"), resumed);
    assertTrue(answered.getOrDefault(1, 0) > asked);
  }

  /// A place is enough; what is there need not validate.
  @Test
  void s7APeerWithoutAKeyIsEnoughAndTellsOfOthers() {
    Snapshots none = Snapshots.open(directory.resolve("none"));
    peer(1, none, List.of(address(3)), message -> message);
    peer(3, message -> message);
    MemoryDatabase database = new MemoryDatabase();
    sync(database, List.of(address(1).anyone()));
    runUntil(() -> !results.isEmpty());
    assertEquals(new StateSync.Synced(Source.HEIGHT, 0), results.getFirst());
    assertTrue(log.stream().noneMatch(it -> it.startsWith("peer_refused")), log.toString());
  }

  @Test
  void s8WhoWithholdsTheNewestHoldsNobodyUp() {
    Database newer = Source.chain(ENTRIES + 1, List.of(0, 1, 2), Source.HEIGHT + 1);
    Snapshots newest = Snapshots.open(directory.resolve("newest"));
    newest.add(Source.export(newer, newest.place(Source.HEIGHT + 1)));
    peer(1, message -> message);
    peer(2, newest, List.of(), StateSyncTest::onlyManifests);
    MemoryDatabase database = new MemoryDatabase();
    sync(database, 1, 2);
    runUntil(() -> !results.isEmpty());
    assertEquals(new StateSync.Synced(Source.HEIGHT, 0), results.getFirst());
    assertTrue(log.stream().anyMatch(it -> it.startsWith("snapshot_withheld")), log.toString());
  }

  @Test
  void s8WithNobodyElseItSaysSo() {
    peer(2, StateSyncTest::onlyManifests);
    sync(new MemoryDatabase(), 2);
    runUntil(() -> !results.isEmpty());
    String reason = assertInstanceOf(StateSync.Failed.class, results.getFirst()).reason();
    assertTrue(reason.contains("do not send them"), reason);
  }

  /// Answers with parts are empty.
  private static Message onlyManifests(Message message) {
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

  @Test
  void nobodyHasOne() {
    snapshots = Snapshots.open(directory.resolve("none"));
    peer(1, message -> message);
    sync(new MemoryDatabase(), 1);
    runUntil(() -> !results.isEmpty());
    String reason = assertInstanceOf(StateSync.Failed.class, results.getFirst()).reason();
    assertTrue(reason.contains("no peer offers a snapshot"), reason);
    assertTrue(
        log.stream().anyMatch(it -> it.startsWith("snapshot_awaited [peers, 1,")), log.toString());
  }

  @Test
  void nobodyIsThere() {
    sync(new MemoryDatabase(), 1);
    runUntil(() -> !results.isEmpty());
    String reason = assertInstanceOf(StateSync.Failed.class, results.getFirst()).reason();
    assertTrue(reason.contains("no peer can be reached"), reason);
  }
}

package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.light.Checkpoint;
import nimble.node.chain.FinalizedChain;
import nimble.node.sync.SyncWorld.Shop;
import nimble.p2p.Chunk;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.mem.MemoryDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The way from genesis to a snapshot of an epoch far behind it.
final class WalkTest {
  private static final int ENTRIES = 20;
  private static final List<Integer> QUORUM = List.of(0, 1, 2);
  private static final int EPOCHS = 200;
  private static final long HEIGHT = 300;

  @TempDir Path directory;

  private SyncWorld world = new SyncWorld(Path.of("nowhere"));

  @BeforeEach
  void make() {
    world = new SyncWorld(directory);
  }

  private static Database chain(long epochs) {
    return Source.chain(ENTRIES, QUORUM, HEIGHT, epochs);
  }

  /// Who has the keys of the validators of long ago has signed another past, with others after it.
  private static Database another(long epochs) {
    return Source.chain(ENTRIES, QUORUM, HEIGHT + 1, epochs, epochs / 2);
  }

  private static Checkpoint end(long epoch) {
    return Checkpoint.of(Source.step(epoch).boundary());
  }

  private static void assertSame(Database expected, Database actual) {
    for (Family family : Family.values()) {
      Range all = Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX);
      assertEquals(expected.scan(family, all), actual.scan(family, all), family.label());
    }
  }

  private int drops() {
    return assertInstanceOf(StateSync.Synced.class, world.result()).peersDropped();
  }

  /// Changes answers about epochs.
  private static UnaryOperator<Message> spoil(UnaryOperator<List<Bytes>> change) {
    return message -> {
      if (message.kind() != Kind.EPOCHS) {
        return message;
      }
      try {
        Chunk chunk = Chunk.decode(message);
        return new Chunk(chunk.request(), change.apply(chunk.items()), false).message(Kind.EPOCHS);
      } catch (Malformed e) {
        throw new AssertionError(e);
      }
    };
  }

  private static List<Bytes> lastIsFalse(List<Bytes> items) {
    List<Bytes> changed = new ArrayList<>(items);
    byte[] last = changed.removeLast().toArray();
    last[last.length - 1] ^= 1;
    changed.add(Bytes.wrap(last));
    return changed;
  }

  private static Message silent(Message message) {
    return message.kind() == Kind.EPOCHS
        ? new Chunk(Long.MAX_VALUE, List.of(), false).message(Kind.EPOCHS)
        : message;
  }

  @Test
  void s2TheEpochsAreFollowedFirst() {
    Database source = chain(EPOCHS);
    Shop shop = world.shop("all", source);
    world.peer(1, shop);
    world.peer(2, shop);
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, 1, 2);
    assertEquals(new StateSync.Synced(HEIGHT, 0), world.result());
    assertSame(source, database);
    assertEquals(EPOCHS, new FinalizedChain(database).steps(0, EPOCHS).size());
  }

  @Test
  void s2AFalseStepCostsItsSenderTheConnection() {
    Shop shop = world.shop("all", chain(EPOCHS));
    world.peer(1, shop, spoil(WalkTest::lastIsFalse));
    world.peer(2, shop, spoil(items -> items.subList(1, items.size())));
    world.peer(3, shop, spoil(_ -> List.of()));
    world.peer(4, shop);
    world.sync(new MemoryDatabase(), 1, 2, 3, 4);
    assertTrue(drops() >= 1, world.log.toString());
  }

  @Test
  void s2OneThatLeadsNowhereIsNotWaitedFor() {
    Shop shop = world.shop("all", chain(EPOCHS));
    for (int peer : List.of(1, 2, 3)) {
      world.peer(peer, shop, WalkTest::silent);
    }
    world.peer(4, shop);
    world.sync(new MemoryDatabase(), 1, 2, 3, 4);
    assertEquals(0, drops());
    assertTrue(world.sim.nowMillis() < 30_000, "after %d ms".formatted(world.sim.nowMillis()));
  }

  /// Nobody leads to the newest, and an older one is proven.
  @Test
  void s2WhatIsProvenIsTaken() {
    world.peer(1, world.shop("newest", chain(EPOCHS)), WalkTest::silent);
    Database older = Source.chain(ENTRIES, QUORUM, HEIGHT - 1, 5);
    world.peer(2, world.shop("older", older));
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, 1, 2);
    assertEquals(new StateSync.Synced(HEIGHT - 1, 0), world.result());
    assertSame(older, database);
  }

  /// What is known of later epochs is not a part of the chain.
  @Test
  void s5AChainBeginsAtItsSnapshotThoughTheWayWentOn() {
    world.peer(1, world.shop("newest", chain(EPOCHS)), SyncWorld::onlyManifests);
    Database older = Source.chain(ENTRIES, QUORUM, HEIGHT - 1, 70);
    world.peer(2, world.shop("older", older));
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, 1, 2);
    assertEquals(new StateSync.Synced(HEIGHT - 1, 0), world.result());
    assertTrue(world.log.stream().anyMatch(it -> it.startsWith("snapshot_withheld")));
    assertSame(older, database);
  }

  @Test
  void s4AfterAKillTheWayGoesOn() {
    Database source = chain(EPOCHS);
    world.peer(1, world.shop("all", source));
    MemoryDatabase database = new MemoryDatabase();
    Network first = world.sync(database, 1);
    world.runUntil(() -> world.answered.getOrDefault(1, 0) == 4);
    first.close();
    database.crash(new SplittableRandom(1));
    long known =
        WayStore.open(database, new SnapshotTrust(Source.genesis(), Optional.empty()))
            .way()
            .epoch();
    assertTrue(known >= Walk.STEPS && known < EPOCHS, "epoch " + known);
    world.sync(database, 1);
    assertEquals(new StateSync.Synced(HEIGHT, 0), world.result());
    assertSame(source, database);
  }

  /// Whichever of them leads first.
  @Test
  void s9AnotherPastDoesNotLeadOverTheTrustedBlock() {
    for (int liar : List.of(1, 2, 3)) {
      world = new SyncWorld(directory.resolve("liar" + liar));
      Database source = chain(EPOCHS);
      Shop true_ = world.shop("true", source);
      Shop false_ = world.shop("false", another(EPOCHS));
      for (int peer : List.of(1, 2, 3)) {
        world.peer(peer, peer == liar ? false_ : true_);
      }
      MemoryDatabase database = new MemoryDatabase();
      List<PeerAddress> peers =
          List.of(SyncWorld.address(1), SyncWorld.address(2), SyncWorld.address(3));
      world.sync(database, Optional.of(end(150)), peers);
      assertEquals(new StateSync.Synced(HEIGHT, 1), world.result());
      assertSame(source, database);
    }
  }

  /// The operator trusts another block the second time: what the first one led to is dropped.
  @Test
  void s9AnotherTrustBeginsAnew() {
    MemoryDatabase database = new MemoryDatabase();
    world.peer(1, world.shop("false", another(EPOCHS)));
    Network first = world.sync(database, 1);
    world.runUntil(() -> world.answered.getOrDefault(1, 0) == 4);
    first.close();
    Database source = chain(EPOCHS);
    world.peer(2, world.shop("true", source));
    world.sync(database, Optional.of(end(110)), List.of(SyncWorld.address(2)));
    assertEquals(new StateSync.Synced(HEIGHT, 0), world.result());
    assertSame(source, database);
  }

  /// The trusted block ends no epoch: the snapshot itself leads over it.
  @Test
  void s9TheSnapshotsOwnBlockMayBeTrusted() {
    Database source = chain(70);
    world.peer(1, world.shop("true", source));
    world.peer(2, world.shop("false", another(70)));
    Checkpoint own = Checkpoint.of(new FinalizedChain(source).tip());
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, Optional.of(own), List.of(SyncWorld.address(1), SyncWorld.address(2)));
    assertEquals(new StateSync.Synced(HEIGHT, 1), world.result());
    assertSame(source, database);
  }

  @Test
  void s9WhatIsOlderThanTheTrustedBlockIsNoLie() {
    Database older = Source.chain(ENTRIES, QUORUM, HEIGHT - 1, 5);
    world.peer(1, world.shop("older", older));
    world.sync(new MemoryDatabase(), Optional.of(end(299)), List.of(SyncWorld.address(1)));
    String reason = assertInstanceOf(StateSync.Failed.class, world.result()).reason();
    assertTrue(reason.contains("older than the trusted block"), reason);
  }

  /// Who has the newer ones is no liar: the one whose block is trusted comes first.
  @Test
  void s9TheOlderOfAPeersSnapshotsMayBeTheTrustedOne() {
    Database older = Source.chain(ENTRIES, QUORUM, HEIGHT - 1, 70);
    Database source = chain(EPOCHS);
    Snapshots both = Snapshots.open(directory.resolve("both"));
    both.add(Source.export(older, both.place(HEIGHT - 1)));
    both.add(Source.export(source, both.place(HEIGHT)));
    world.peer(1, new Shop(both, source));
    Checkpoint own = Checkpoint.of(new FinalizedChain(older).tip());
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, Optional.of(own), List.of(SyncWorld.address(1)));
    assertEquals(new StateSync.Synced(HEIGHT, 0), world.result());
    assertSame(source, database);
  }

  /// However many they are: each is waited for once before one is asked again.
  @Test
  void s2ManyThatLeadNowhereDoNotKeepOthersFromLeading() {
    Shop newest = world.shop("newest", chain(EPOCHS));
    List<PeerAddress> peers = new ArrayList<>();
    for (int peer = 1; peer <= 7; peer++) {
      world.peer(peer, newest, WalkTest::silent);
      peers.add(SyncWorld.address(peer));
    }
    Database older = Source.chain(ENTRIES, QUORUM, HEIGHT - 1, EPOCHS - 1);
    world.peer(8, world.shop("older", older));
    peers.add(SyncWorld.address(8));
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, peers);
    assertEquals(new StateSync.Synced(HEIGHT - 1, 0), world.result());
    assertSame(older, database);
  }

  /// Whoever asks may name any epoch.
  @Test
  void s2NoEpochEndsBehindTheLastNumber() {
    assertEquals(List.of(), new FinalizedChain(chain(1)).steps(Long.MAX_VALUE, 1));
  }
}

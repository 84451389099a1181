package nimble.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import nimble.node.chain.FinalizedChain;
import nimble.node.net.Narrow;
import nimble.node.sync.SyncWorld.Shop;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Network;
import nimble.storage.Database;
import nimble.storage.mem.MemoryDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateSyncTest {
  private static final int ENTRIES = 3_000;

  @TempDir Path directory;

  private SyncWorld world = new SyncWorld(Path.of("nowhere"));
  private Shop shop = world.nothing();

  @BeforeEach
  void make() {
    world = new SyncWorld(directory);
    shop = world.shop("all", Source.chain(ENTRIES));
  }

  @Test
  void s1PartsComeFromSeveralAndALiarIsDropped() {
    world.peer(1, shop);
    world.peer(2, shop, SyncWorld::lie);
    world.peer(3, shop);
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, 1, 2, 3);
    StateSync.Synced synced = assertInstanceOf(StateSync.Synced.class, world.result());
    assertEquals(new StateSync.Synced(Source.HEIGHT, 1), synced);
    assertEquals(Source.HEIGHT, new FinalizedChain(database).height());
    assertTrue(
        world.answered.getOrDefault(1, 0) > 1 && world.answered.getOrDefault(3, 0) > 1,
        world.answered.toString());
  }

  @Test
  void s10WhoHasNoRoomIsNotAnswered() {
    Narrow wires = new Narrow(SyncWorld.key(1));
    SnapshotServer server =
        new SnapshotServer(
            shop.snapshots(), new FinalizedChain(shop.source()), wires, (_, _, _) -> {});
    List<SnapshotServer.Asked> asked =
        Stream.of(Kind.SNAPSHOT_GET, Kind.EPOCH_GET)
            .map(kind -> new Get(1, new Get.ByHeight(0, 1)).message(kind))
            .map(get -> new SnapshotServer.Asked(SyncWorld.key(2), get))
            .toList();
    wires.room = 0;
    server.turn(0, asked);
    assertEquals(0, wires.sent.size());
    wires.room = 8 << 20;
    server.turn(0, asked);
    assertEquals(2, wires.sent.size());
  }

  @Test
  void s4AfterAKillItGoesOn() {
    world.peer(1, shop);
    MemoryDatabase database = new MemoryDatabase();
    Network first = world.sync(database, 1);
    world.runUntil(() -> world.answered.getOrDefault(1, 0) > 5);
    first.close();
    database.crash(new SplittableRandom(1));
    world.sync(database, 1);
    world.runUntil(() -> world.results.stream().anyMatch(StateSync.Synced.class::isInstance));
    assertEquals(Source.HEIGHT, new FinalizedChain(database).height());
  }

  /// The parts that came before the kill are not asked for again, liars or not.
  @Test
  void s4WithALiarAmongThemASyncGoesOnAfterAKill() {
    world.peer(1, shop);
    world.peer(2, shop, SyncWorld::lie);
    MemoryDatabase database = new MemoryDatabase();
    Network first = world.sync(database, 1, 2);
    world.runUntil(() -> world.log.stream().anyMatch(it -> it.contains("parts, 6,")));
    first.close();
    assertTrue(world.results.isEmpty(), world.results.toString());
    int asked = world.answered.getOrDefault(1, 0);
    database.crash(new SplittableRandom(1));
    world.sync(database, 1, 2);
    assertEquals(new StateSync.Synced(Source.HEIGHT, 1), world.result());
    assertEquals(Source.HEIGHT, new FinalizedChain(database).height());
    assertTrue(
        world.log.stream().anyMatch(it -> it.startsWith("snapshot_resumed")), world.log.toString());
    String resumed =
        world.log.stream().filter(it -> it.startsWith("snapshot_resumed")).findFirst().get();
    assertFalse(resumed.contains("parts, 0,"), resumed);
    assertTrue(world.answered.getOrDefault(1, 0) > asked);
  }

  /// A place is enough; what is there need not validate.
  @Test
  void s7APeerWithoutAKeyIsEnoughAndTellsOfOthers() {
    world.peer(1, world.nothing(), List.of(SyncWorld.address(3)), message -> message);
    world.peer(3, shop);
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, List.of(SyncWorld.address(1).anyone()));
    assertEquals(new StateSync.Synced(Source.HEIGHT, 0), world.result());
    assertTrue(
        world.log.stream().noneMatch(it -> it.startsWith("peer_refused")), world.log.toString());
  }

  @Test
  void s8WhoWithholdsTheNewestHoldsNobodyUp() {
    Database newer = Source.chain(ENTRIES + 1, List.of(0, 1, 2), Source.HEIGHT + 1);
    world.peer(1, shop);
    world.peer(2, world.shop("newest", newer), SyncWorld::onlyManifests);
    MemoryDatabase database = new MemoryDatabase();
    world.sync(database, 1, 2);
    assertEquals(new StateSync.Synced(Source.HEIGHT, 0), world.result());
    assertTrue(
        world.log.stream().anyMatch(it -> it.startsWith("snapshot_withheld")),
        world.log.toString());
  }

  @Test
  void s8WithNobodyElseItSaysSo() {
    world.peer(2, shop, SyncWorld::onlyManifests);
    world.sync(new MemoryDatabase(), 2);
    String reason = assertInstanceOf(StateSync.Failed.class, world.result()).reason();
    assertTrue(reason.contains("do not send them"), reason);
  }

  @Test
  void nobodyHasOne() {
    world.peer(1, world.nothing());
    world.sync(new MemoryDatabase(), 1);
    String reason = assertInstanceOf(StateSync.Failed.class, world.result()).reason();
    assertTrue(reason.contains("no peer offers a snapshot"), reason);
    assertTrue(
        world.log.stream().anyMatch(it -> it.startsWith("snapshot_awaited [peers, 1,")),
        world.log.toString());
  }

  @Test
  void nobodyIsThere() {
    world.sync(new MemoryDatabase(), 1);
    String reason = assertInstanceOf(StateSync.Failed.class, world.result()).reason();
    assertTrue(reason.contains("no peer can be reached"), reason);
  }
}

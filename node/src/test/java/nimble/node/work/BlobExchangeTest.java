package nimble.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.blob.Manifest;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.node.loop.Inbox;
import nimble.node.net.Narrow;
import nimble.node.net.TestInbox;
import nimble.node.work.Exchanges.Party;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.NetworkEvent;
import nimble.sim.Seeds;
import nimble.storage.Shelf;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class BlobExchangeTest {
  private static final String GROUP = "audit-7.3";
  private static final long SIZE_MAX = 8L << 20;
  private static final long PATIENCE_MILLIS = 5_000;
  private static final List<Bytes> CHUNKS = Exchanges.chunks(4, 1_000);
  private static final Manifest MANIFEST = Exchanges.manifest(CHUNKS);
  private static final Blobs.Fetched WHOLE =
      new Blobs.Fetched.Whole(Bytes.concat(CHUNKS.toArray(Bytes[]::new)));
  private static final List<Bytes> ALL = new ArrayList<>(CHUNKS);

  static {
    ALL.add(MANIFEST.encode());
  }

  private final Exchanges world = new Exchanges();
  private final Party party = world.party(1);

  private static Evidence.Order order(Hash manifest, int... sources) {
    List<PublicKey> keys = new ArrayList<>();
    for (int source : sources) {
      keys.add(Exchanges.key(source));
    }
    return new Evidence.Order(GROUP, manifest, keys, SIZE_MAX, PATIENCE_MILLIS);
  }

  private Party keeper(int number) {
    Party keeper = world.party(number);
    List<Shelf.Put> kept = new ArrayList<>();
    keeper.exchange.keep("round-3", MANIFEST, CHUNKS, kept::add);
    world.runUntil(() -> !kept.isEmpty());
    assertEquals(List.of(Shelf.Put.STORED), kept);
    return keeper;
  }

  @Test
  void w4AGroupIsServedUntilItIsDropped() {
    Party keeper = keeper(2);
    world.connect(party.network, 2);
    assertEquals(WHOLE, world.fetch(party, order(MANIFEST.id(), 2)));
    assertTrue(ALL.stream().allMatch(it -> party.shelf.has(GROUP, Manifest.chunkHash(it))));
    assertEquals(0, party.store.bytesUsed());

    keeper.exchange.drop("round-3");
    party.exchange.drop(GROUP);
    assertTrue(world.fetch(party, order(MANIFEST.id(), 2)) instanceof Blobs.Fetched.Failed);
    assertEquals(new TreeSet<>(), keeper.shelf.groups());
    assertEquals(new TreeSet<>(), party.shelf.groups());
  }

  @Test
  void w9NoMoreChunksAreReadThanThereIsRoomFor() {
    Narrow wires = new Narrow(Exchanges.key(3));
    List<Bytes> chunks = Exchanges.chunks(4, Manifest.CHUNK_BYTES);
    chunks.forEach(party.store::put);
    Inbox<BlobExchange.Input> inbox = new TestInbox<>(world.sim);
    BlobExchange narrow =
        new BlobExchange(party.store, party.shelf, wires, (_, _, _) -> {}, world.sim::after, inbox);
    List<Hash> names = chunks.stream().map(Manifest::chunkHash).toList();
    NetworkEvent asked =
        new NetworkEvent.Received(
            Exchanges.key(2), Lane.BULK, new Get(1, new Get.ByHash(names)).message(Kind.BLOB_GET));
    for (long room : List.of(0L, 1_000L, (5L << 20) / 2, 6L << 20)) {
      wires.room = room;
      narrow.turn(0, List.of(new BlobExchange.Input.Network(asked)));
    }
    assertEquals(
        List.of(new Chunk(1, chunks.subList(0, 2), true), new Chunk(1, chunks, false)), wires.sent);
  }

  @Test
  void w4WhatIsHereAlreadyIsNotAskedFor() {
    ALL.forEach(party.store::put);
    assertEquals(WHOLE, world.fetch(party, order(MANIFEST.id())));
    assertTrue(ALL.stream().allMatch(it -> party.shelf.has(GROUP, Manifest.chunkHash(it))));
  }

  @Test
  void w4DocumentsStayHere() {
    List<Object> told = new ArrayList<>();
    party.exchange.write(GROUP, "index", Bytes.utf8("roots"), told::add);
    party.exchange.read(GROUP, "index", told::add);
    party.exchange.groups(told::add);
    party.exchange.drop(GROUP);
    party.exchange.read(GROUP, "index", told::add);
    world.runUntil(() -> told.size() == 4);
    assertEquals(
        List.of(
            Shelf.Put.STORED,
            Optional.of(Bytes.utf8("roots")),
            new TreeSet<>(List.of(GROUP)),
            Optional.empty()),
        told);
  }

  @Test
  void theNamedSourceIsAskedAlone() {
    List<Hash> asked = new ArrayList<>();
    world.stranger(
        3,
        0,
        get -> {
          asked.addAll(Exchanges.hashes(get));
          return Optional.of(new Chunk(get.request(), List.of(), false));
        });
    keeper(2);
    world.connect(party.network, 3, 2);
    assertEquals(WHOLE, world.fetch(party, order(MANIFEST.id(), 2)));
    assertEquals(List.of(), asked);
  }

  @Test
  void aLyingSourceIsPenalizedAndAnotherAsked() {
    world.holder(2, ALL, it -> Bytes.concat(it.slice(1, it.size()), it.slice(0, 1)));
    keeper(3);
    world.connect(party.network, 2, 3);
    long start = world.sim.nowMillis();
    assertEquals(WHOLE, world.fetch(party, order(MANIFEST.id(), 2)));
    assertTrue(world.sim.nowMillis() - start < 1_000);
    assertTrue(party.penalties.contains("true LARGE an item that was not asked for"));
  }

  @Test
  void aStallingSourceIsPassedOver() {
    world.stranger(2, 0, get -> Optional.empty());
    keeper(3);
    world.connect(party.network, 2, 3);
    long start = world.sim.nowMillis();
    assertEquals(WHOLE, world.fetch(party, order(MANIFEST.id(), 2)));
    assertTrue(world.sim.nowMillis() - start < PATIENCE_MILLIS);
    assertEquals(List.of("true SMALL no answer in time"), party.penalties);
  }

  /// It has everything and gives the first of what it is asked for, every two seconds.
  @Test
  void aSlowSourceDoesNotHoldUpWhatOthersHave() {
    world.stranger(
        2,
        2_000,
        get ->
            Optional.of(
                new Chunk(
                    get.request(),
                    ALL.stream()
                        .filter(
                            it -> Manifest.chunkHash(it).equals(Exchanges.hashes(get).getFirst()))
                        .toList(),
                    true)));
    keeper(3);
    world.connect(party.network, 2, 3);
    long start = world.sim.nowMillis();
    assertEquals(WHOLE, world.fetch(party, order(MANIFEST.id(), 2)));
    assertTrue(world.sim.nowMillis() - start < 2 * PATIENCE_MILLIS);
  }

  @Test
  void anOrderHasItsOwnPatience() {
    world.stranger(2, 0, get -> Optional.empty());
    world.connect(party.network, 2);
    long start = world.sim.nowMillis();
    Blobs.Fetched result = world.fetch(party, order(MANIFEST.id(), 2));
    assertEquals(
        new Blobs.Fetched.Failed(
            "1 chunks of blob %s are nowhere to be had".formatted(MANIFEST.id())),
        result);
    assertTrue(world.sim.nowMillis() - start < PATIENCE_MILLIS + 1_000);
  }

  @Test
  void w10WhatIsLargeIsReadWhereItLies() {
    List<Bytes> large = Exchanges.chunks(5, 700);
    Bytes whole = Bytes.concat(large.toArray(Bytes[]::new));
    Manifest manifest = Exchanges.manifest(large);
    List<Blobs.Fetched> fetched = new ArrayList<>();
    party.exchange.store(manifest, large, () -> {});
    party.exchange.store(MANIFEST, CHUNKS, () -> {});
    party.exchange.fetch(manifest.id(), manifest.size(), fetched::add);
    party.exchange.fetch(
        new Evidence.Order(GROUP, MANIFEST.id(), List.of(), SIZE_MAX, PATIENCE_MILLIS),
        fetched::add);
    world.runUntil(() -> fetched.size() == 2);
    for (Blobs.Fetched each : fetched) {
      assertFalse(((Blobs.Fetched.Whole) each).data() instanceof Bytes);
    }
    ByteSource data = ((Blobs.Fetched.Whole) fetched.getFirst()).data();
    assertEquals(whole, data.whole());
    Seeds.forEach(
        100,
        random -> {
          int from = random.nextInt(whole.size());
          int count = random.nextInt(whole.size() - from);
          assertEquals(whole.slice(from, from + count), data.read(from, count));
        });
    large.forEach(chunk -> party.store.delete(Manifest.chunkHash(chunk)));
    assertThrows(IllegalStateException.class, () -> data.read(5, 5));
  }

  @Test
  void aBlobOverItsLimitIsNotGathered() {
    List<Bytes> large = Exchanges.chunks(9, 1);
    Manifest manifest = Exchanges.manifest(large);
    world.holder(2, List.of(manifest.encode()), it -> it);
    world.connect(party.network, 2);
    assertEquals(
        new Blobs.Fetched.Failed(
            "blob %s: %d bytes, at most %d are gathered"
                .formatted(manifest.id(), manifest.size(), SIZE_MAX)),
        world.fetch(party, order(manifest.id(), 2)));
  }

  /// And whoever takes it whole gets it, though others take less of it at the same time.
  @Test
  void w7OfABlobOverItsKindOnlyTheManifestComes() {
    world.holder(2, ALL, it -> it);
    world.connect(party.network, 2);
    List<Blobs.Fetched> small = new ArrayList<>();
    List<Blobs.Fetched> whole = new ArrayList<>();
    party.exchange.fetch(MANIFEST.id(), MANIFEST.size() - 1, small::add);
    world.runUntil(() -> !small.isEmpty());
    assertTrue(small.getFirst() instanceof Blobs.Fetched.Failed);
    assertEquals(MANIFEST.encode().size(), party.store.bytesUsed());
    party.exchange.fetch(MANIFEST.id(), MANIFEST.size(), whole::add);
    party.exchange.fetch(MANIFEST.id(), MANIFEST.size() - 1, small::add);
    world.runUntil(() -> !whole.isEmpty() && small.size() == 2);
    assertEquals(List.of(WHOLE), whole.stream().map(Exchanges::whole).toList());
    assertTrue(small.get(1) instanceof Blobs.Fetched.Failed);
  }

  /// Whoever writes a manifest can name the hash of anything.
  @Test
  void w5WhatIsNoChunkIsNotKeptWhateverItsHash() {
    Bytes large = Bytes.wrap(new byte[2 * Manifest.CHUNK_BYTES]);
    Bytes empty = Bytes.EMPTY;
    for (Bytes bad : List.of(large, empty)) {
      Manifest manifest = new Manifest(1_000, List.of(Manifest.chunkHash(bad)));
      Exchanges own = new Exchanges();
      Party victim = own.party(1);
      own.holder(2, List.of(manifest.encode(), bad), it -> it);
      own.connect(victim.network, 2);
      assertTrue(own.fetch(victim, order(manifest.id(), 2)) instanceof Blobs.Fetched.Failed);
      assertTrue(victim.penalties.contains("true LARGE an item that was not asked for"));
      assertFalse(victim.shelf.has(GROUP, Manifest.chunkHash(bad)));
    }
  }

  @Test
  void w5AChunkOfAnotherLengthThanTheManifestSaysEndsTheFetch() {
    Bytes chunk = Bytes.wrap(new byte[2_000]);
    Manifest manifest = new Manifest(1_000, List.of(Manifest.chunkHash(chunk)));
    world.holder(2, List.of(manifest.encode(), chunk), it -> it);
    world.connect(party.network, 2);
    assertEquals(
        new Blobs.Fetched.Failed(
            "blob %s: its chunk 0 has 2000 bytes, not 1000".formatted(manifest.id())),
        world.fetch(party, order(manifest.id(), 2)));
  }

  @Test
  void aFullShelfIsSaidAndTheNextOrderGoesOn() {
    keeper(2);
    world.connect(party.network, 2);
    party.shelf.fill(true);
    assertEquals(
        new Blobs.Fetched.Failed("this node's shelf is full"),
        world.fetch(party, order(MANIFEST.id(), 2)));
    party.shelf.fill(false);
    assertEquals(WHOLE, world.fetch(party, order(MANIFEST.id(), 2)));
  }

  @Test
  void whatDoesNotFitOnTheShelfCanBeKeptLater() {
    List<Shelf.Put> kept = new ArrayList<>();
    List<Bytes> many = Exchanges.chunks(20, 1);
    party.exchange.keep("large", Exchanges.manifest(many), many, kept::add);
    party.exchange.drop("large");
    party.exchange.keep("small", MANIFEST, CHUNKS, kept::add);
    party.exchange.keep("small", MANIFEST, CHUNKS, kept::add);
    world.runUntil(() -> kept.size() == 3);
    assertEquals(List.of(Shelf.Put.FULL, Shelf.Put.STORED, Shelf.Put.PRESENT), kept);
  }

  @Test
  void whatDoesNotFitIntoTheStoreIsNotSaidToBeThere() {
    List<Bytes> much = Exchanges.chunks(63, 1);
    List<String> done = new ArrayList<>();
    party.exchange.store(Exchanges.manifest(much), much, () -> done.add("much"));
    party.exchange.store(MANIFEST, CHUNKS, () -> done.add("more"));
    world.runUntil(() -> !done.isEmpty() && world.sim.nowMillis() > 40_000);
    assertEquals(List.of("much"), done);
    much.forEach(chunk -> party.store.delete(Manifest.chunkHash(chunk)));
    world.runUntil(() -> done.size() == 2);
  }

  @Test
  void aFetchIntoAGroupThatIsDroppedHasFailed() {
    world.stranger(2, 0, get -> Optional.empty());
    world.connect(party.network, 2);
    List<Blobs.Fetched> result = new ArrayList<>();
    party.exchange.fetch(order(MANIFEST.id(), 2), result::add);
    party.exchange.drop(GROUP);
    world.runUntil(() -> !result.isEmpty());
    assertEquals(List.of(new Blobs.Fetched.Failed("group audit-7.3 was given up")), result);
  }
}

package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.state.StateProof;
import nimble.storage.mem.MemoryDatabase;
import org.junit.jupiter.api.Test;

final class TreeStoreTest {
  private static final int VERSIONS = 30;
  private static final int ALL = Range.LIMIT_MAX;

  private static void run(Database database, TreeWorld world, Retention retention) {
    run(database, world, retention, VERSIONS, ALL);
  }

  /// @param most nodes that one version deletes
  private static void run(
      Database database, TreeWorld world, Retention retention, int versions, int most) {
    TreeStore store = new TreeStore(database);
    for (int i = 0; i < versions; i++) {
      long version = world.version();
      Batch batch = new Batch();
      store.put(batch, version, world.step(store));
      store.prune(batch, version, retention, most);
      database.commit(batch);
    }
  }

  private static void assertProves(TreeStore store, TreeWorld world, int version) {
    TreeRoot root = store.root(version).orElseThrow();
    assertEquals(world.roots.get(version), root);
    for (int number = 0; number < 60; number += 7) {
      Bytes key = TreeWorld.key(number);
      try {
        assertEquals(
            Optional.ofNullable(world.states.get(version).get(key)),
            StateTree.prove(store, root, key).orElseThrow().verify(root.hash(), key));
      } catch (Malformed e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void t5PrunedVersionsAreGoneAndTheOthersWhole() {
    Seeds.forEach(
        30,
        random -> {
          int kept = 2 + random.nextInt(5);
          MemoryDatabase database = new MemoryDatabase();
          TreeWorld world = new TreeWorld(random);
          run(database, world, new Retention.Pruned(kept));
          TreeStore store = new TreeStore(database);
          for (int version = VERSIONS - kept + 1; version <= VERSIONS; version++) {
            assertProves(store, world, version);
          }
          assertTrue(store.root(VERSIONS - kept).isEmpty());
        });
  }

  @Test
  void t5PrunedToTwoHoldsNothingButTheNewestTwo() {
    MemoryDatabase database = new MemoryDatabase();
    TreeWorld world = new TreeWorld(new SplittableRandom(3));
    run(database, world, new Retention.Pruned(2));
    TreeStore store = new TreeStore(database);
    SortedSet<NodeKey> live = new TreeSet<>();
    reach(store, world.roots.get(VERSIONS - 1), live);
    reach(store, world.roots.get(VERSIONS), live);
    long roots = 2;
    long staleLists = 1;
    assertEquals(live.size(), database.scan(Family.NODES, Range.prefix(Bytes.EMPTY, ALL)).size());
    assertEquals(
        roots + staleLists, database.scan(Family.VERSIONS, Range.prefix(Bytes.EMPTY, ALL)).size());
  }

  /// A process that stops between two of them leaves the rest to the next one.
  @Test
  void t5WhatOneVersionDoesNotDeleteOthersDo() {
    Seeds.forEach(
        30,
        random -> {
          Retention two = new Retention.Pruned(2);
          MemoryDatabase lazy = new MemoryDatabase();
          MemoryDatabase eager = new MemoryDatabase();
          long seed = random.nextLong();
          int most = 1 + random.nextInt(4);
          TreeWorld world = new TreeWorld(new SplittableRandom(seed));
          run(eager, new TreeWorld(new SplittableRandom(seed)), two);
          run(lazy, world, two, VERSIONS / 2, most);
          run(lazy, world, two, VERSIONS - VERSIONS / 2, most);
          assertTrue(entries(lazy, Family.NODES).size() > entries(eager, Family.NODES).size());
          assertProves(new TreeStore(lazy), world, VERSIONS - 1);
          assertProves(new TreeStore(lazy), world, VERSIONS);
          assertTrue(new TreeStore(lazy).root(VERSIONS - 2).isEmpty());
          TreeStore rest = new TreeStore(lazy);
          while (rest.canPrune(VERSIONS, two)) {
            Batch batch = new Batch();
            rest.prune(batch, VERSIONS, two, most);
            lazy.commit(batch);
          }
          assertEquals(entries(eager, Family.NODES), entries(lazy, Family.NODES));
          assertEquals(entries(eager, Family.VERSIONS), entries(lazy, Family.VERSIONS));
        });
  }

  /// A retention that was shortened is reached over several versions: nodes go no faster than the
  /// roots that need them.
  @Test
  void t5AVersionWithARootIsWholeWhileARetentionIsBeingReached() {
    MemoryDatabase database = new MemoryDatabase();
    TreeWorld world = new TreeWorld(new SplittableRandom(5));
    int before = 200;
    run(database, world, new Retention.Archive(), before, ALL);
    run(database, world, new Retention.Pruned(2), 1, ALL);
    TreeStore store = new TreeStore(database);
    int oldest = 1;
    while (store.root(oldest).isEmpty()) {
      oldest++;
    }
    assertTrue(oldest > 1 && oldest < before, "reached " + oldest);
    for (int version = oldest; version <= before + 1; version++) {
      assertProves(store, world, version);
    }
  }

  private static List<Entry> entries(Database database, Family family) {
    return database.scan(family, Range.prefix(Bytes.EMPTY, ALL));
  }

  private static void reach(NodeSource nodes, TreeRoot root, SortedSet<NodeKey> found) {
    Deque<NodeKey> open = new ArrayDeque<>();
    if (!root.isEmpty()) {
      open.add(new NodeKey(root.version(), Nibbles.NONE));
    }
    while (!open.isEmpty()) {
      NodeKey key = open.remove();
      found.add(key);
      if (nodes.node(key).orElseThrow() instanceof InnerNode inner) {
        for (int place = 0; place < TreeNode.WIDTH; place++) {
          Nibbles below = key.path().append(place);
          Optional.ofNullable(inner.child(place))
              .ifPresent(child -> open.add(new NodeKey(child.version(), below)));
        }
      }
    }
  }

  @Test
  void archiveKeepsEveryVersion() {
    MemoryDatabase database = new MemoryDatabase();
    TreeWorld world = new TreeWorld(new SplittableRandom(5));
    run(database, world, new Retention.Archive());
    for (int version = 1; version <= VERSIONS; version++) {
      assertProves(new TreeStore(database), world, version);
    }
  }

  @Test
  void proofOfAPrunedVersionIsEmpty() {
    MemoryDatabase database = new MemoryDatabase();
    TreeWorld world = new TreeWorld(new SplittableRandom(5));
    run(database, world, new Retention.Pruned(2));
    TreeRoot old = world.roots.get(2);
    assertFalse(old.isEmpty());
    Optional<StateProof> proof = StateTree.prove(new TreeStore(database), old, TreeWorld.key(1));
    assertTrue(proof.isEmpty());
  }

  @Test
  void d3AfterACrashTheTreeStandsAtAWholeVersion() {
    Seeds.forEach(
        50,
        random -> {
          MemoryDatabase database = new MemoryDatabase();
          TreeWorld world = new TreeWorld(random);
          database.cutPowerAfter(1 + random.nextInt(VERSIONS));
          try {
            run(database, world, new Retention.Pruned(3));
            throw new AssertionError("the power never went");
          } catch (StorageFailure expected) {
            database.crash(random);
          }
          TreeStore store = new TreeStore(database);
          int tried = world.version() - 1;
          int stands = store.root(tried).isPresent() ? tried : tried - 1;
          for (int version = Math.max(1, stands - 2); version <= stands; version++) {
            assertProves(store, world, version);
          }
        });
  }
}

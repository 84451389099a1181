package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Seeds;
import nimble.state.StateHash;
import nimble.state.StateProof;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

final class StateTreeTest {
  private static final int VERSIONS = 12;

  /// Versions stacked in memory only (T4).
  private static NodeSource grow(TreeWorld world, int versions) {
    NodeSource nodes = NodeSource.NONE;
    for (int i = 0; i < versions; i++) {
      nodes = world.step(nodes).over(nodes);
    }
    return nodes;
  }

  private static Change insertAll(SortedMap<Bytes, Bytes> state) {
    SortedMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    state.forEach((key, value) -> writes.put(key, Optional.of(value)));
    return StateTree.update(NodeSource.NONE, TreeRoot.EMPTY, 1, writes);
  }

  @Test
  void r1ToR4RootsEqualTheReference() {
    Seeds.forEach(
        150,
        random -> {
          TreeWorld world = new TreeWorld(random);
          grow(world, VERSIONS);
          for (int version = 0; version < world.version(); version++) {
            assertEquals(
                ReferenceState.root(world.states.get(version)), world.roots.get(version).hash());
          }
        });
  }

  @Test
  void rootDependsOnContentsOnly() {
    Seeds.forEach(
        100,
        random -> {
          TreeWorld world = new TreeWorld(random);
          grow(world, VERSIONS);
          assertEquals(world.root().hash(), insertAll(world.newest()).root().hash());
        });
  }

  @Test
  void deleteUndoesInsert() {
    Seeds.forEach(
        100,
        random -> {
          TreeWorld world = new TreeWorld(random);
          NodeSource nodes = grow(world, VERSIONS);
          Bytes key = Bytes.utf8("new");
          Change in =
              StateTree.update(
                  nodes,
                  world.root(),
                  world.version(),
                  new TreeMap<>(Map.of(key, Optional.of(key))));
          Change out =
              StateTree.update(
                  in.over(nodes),
                  in.root(),
                  world.version() + 1L,
                  new TreeMap<>(Map.of(key, Optional.empty())));
          assertEquals(world.root().hash(), out.root().hash());
        });
  }

  @Test
  void t3AnUpdateThatChangesNothingWritesNothing() {
    TreeWorld world = new TreeWorld(new SplittableRandom(7));
    NodeSource nodes = grow(world, VERSIONS);
    SortedMap<Bytes, Optional<Bytes>> same = new TreeMap<>();
    world.newest().forEach((key, value) -> same.put(key, Optional.of(value)));
    same.put(Bytes.utf8("never there"), Optional.empty());
    Change change = StateTree.update(nodes, world.root(), world.version(), same);
    assertEquals(world.root(), change.root());
    assertTrue(change.written().isEmpty() && change.stale().isEmpty());
  }

  @Test
  void t3WrittenAndStaleAreExactlyTheDifference() {
    Seeds.forEach(
        100,
        random -> {
          TreeWorld world = new TreeWorld(random);
          SortedMap<NodeKey, TreeNode> live = new TreeMap<>();
          for (int i = 0; i < VERSIONS; i++) {
            Change change = world.step(key -> Optional.ofNullable(live.get(key)));
            change.stale().forEach(key -> assertTrue(live.remove(key) != null, key::toString));
            live.putAll(change.written());
          }
          assertEquals(reachable(live, world.root()), live.size());
        });
  }

  private static int reachable(SortedMap<NodeKey, TreeNode> nodes, TreeRoot root) {
    return root.isEmpty() ? 0 : reachable(nodes, root.version(), Nibbles.NONE);
  }

  private static int reachable(SortedMap<NodeKey, TreeNode> nodes, long version, Nibbles at) {
    int count = 1;
    if (nodes.get(new NodeKey(version, at)) instanceof InnerNode inner) {
      for (int place = 0; place < TreeNode.WIDTH; place++) {
        Optional<TreeNode.Child> child = Optional.ofNullable(inner.child(place));
        count += child.isEmpty() ? 0 : reachable(nodes, child.get().version(), at.append(place));
      }
    }
    return count;
  }

  @Test
  void versionsMustRise() {
    TreeWorld world = new TreeWorld(new SplittableRandom(1));
    NodeSource nodes = grow(world, 3);
    assertThrows(
        BrokenInvariant.class,
        () -> StateTree.update(nodes, world.root(), world.root().version(), world.writes()));
  }

  @Test
  void r5EveryKeyOfEveryVersionIsProved() {
    Seeds.forEach(
        30,
        random -> {
          TreeWorld world = new TreeWorld(random);
          NodeSource nodes = grow(world, VERSIONS);
          for (int version = 0; version < world.version(); version++) {
            for (int number = 0; number < 70; number++) {
              Bytes key = TreeWorld.key(number);
              Optional<Bytes> value = Optional.ofNullable(world.states.get(version).get(key));
              assertEquals(value, proven(nodes, world.roots.get(version), key));
            }
          }
        });
  }

  private static Optional<Bytes> proven(NodeSource nodes, TreeRoot root, Bytes key) {
    StateProof proof = StateTree.prove(nodes, root, key).orElseThrow();
    try {
      StateProof sent = Reader.decode(Writer.encode(proof::write), StateProof::read);
      assertEquals(proof, sent);
      return sent.verify(root.hash(), key);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void r5TamperedProofsFail() {
    Seeds.forEach(
        60,
        random -> {
          TreeWorld world = new TreeWorld(random);
          NodeSource nodes = grow(world, VERSIONS);
          Bytes key = TreeWorld.key(random.nextInt(70));
          Optional<Bytes> truth = Optional.ofNullable(world.newest().get(key));
          StateProof proof = StateTree.prove(nodes, world.root(), key).orElseThrow();
          for (StateProof bad : tampered(proof, key, random)) {
            assertRefused(bad, world.root().hash(), key, truth);
          }
          assertFlippedBitsFail(proof, world.root().hash(), key);
        });
  }

  private static List<StateProof> tampered(StateProof proof, Bytes key, SplittableRandom random) {
    List<StateProof> bad = new ArrayList<>();
    bad.add(new StateProof(new StateProof.Present(Bytes.ofU64(99)), proof.siblings()));
    bad.add(
        new StateProof(
            new StateProof.Other(StateHash.path(key), StateHash.value(key)), proof.siblings()));
    bad.add(
        new StateProof(
            new StateProof.Other(StateHash.path(TreeWorld.key(random.nextInt(70))), Hash.ZERO),
            proof.siblings()));
    List<Hash> longer = new ArrayList<>(proof.siblings());
    longer.add(StateHash.EMPTY);
    bad.add(new StateProof(proof.ending(), longer));
    if (!proof.siblings().isEmpty()) {
      bad.add(new StateProof(proof.ending(), proof.siblings().subList(1, proof.siblings().size())));
    }
    if (!(proof.ending() instanceof StateProof.Vacant)) {
      bad.add(new StateProof(new StateProof.Vacant(), proof.siblings()));
    }
    return bad;
  }

  /// A tampered proof may still be true by accident (it names the value that is there), never
  /// false.
  private static void assertRefused(StateProof bad, Hash root, Bytes key, Optional<Bytes> truth) {
    assertTrue(verdict(bad, root, key).map(truth::equals).orElse(true));
  }

  /// Empty when refused.
  private static Optional<Optional<Bytes>> verdict(StateProof proof, Hash root, Bytes key) {
    try {
      return Optional.of(proof.verify(root, key));
    } catch (Malformed refused) {
      return Optional.empty();
    }
  }

  private static void assertFlippedBitsFail(StateProof proof, Hash root, Bytes key) {
    byte[] bytes = Writer.encode(proof::write).toArray();
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 1;
      assertThrows(
          Malformed.class,
          () -> Reader.decode(Bytes.wrap(flipped), StateProof::read).verify(root, key));
    }
  }
}

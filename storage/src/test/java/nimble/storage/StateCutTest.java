package nimble.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Seeds;
import nimble.state.StateHash;
import org.junit.jupiter.api.Test;

final class StateCutTest {
  private static final long VERSION = 7;

  private static SortedMap<Bytes, Bytes> state(SplittableRandom random) {
    SortedMap<Bytes, Bytes> state = new TreeMap<>();
    for (int count = random.nextInt(random.nextInt(1, 200)); count > 0; count--) {
      state.put(Bytes.ofU64(random.nextLong()), Bytes.ofU64(random.nextInt(5)));
    }
    return state;
  }

  private static List<Optional<StatePart>> parts(Map<Bytes, Bytes> state, int depth) {
    Map<Integer, List<Entry>> byPlace = new TreeMap<>();
    state.forEach((key, value) ->
        byPlace
            .computeIfAbsent(StateCut.indexOf(StateHash.path(key), depth), _ -> new ArrayList<>())
            .add(new Entry(key, value)));
    List<Optional<StatePart>> parts = new ArrayList<>();
    for (int place = 0; place < StateCut.parts(depth); place++) {
      parts.add(Optional.ofNullable(byPlace.get(place)).map(StatePart::of));
    }
    return parts;
  }

  private interface Decoding<T> {
    T run() throws Malformed;
  }

  private static <T> T good(Decoding<T> decoding) {
    try {
      return decoding.run();
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private static StatePart.Grown grow(StatePart part, int depth) {
    return good(() -> part.grow(depth, VERSION));
  }

  private static StateCut cut(List<Optional<StatePart>> parts, int depth) {
    List<Optional<StateCut.Part>> hashes = new ArrayList<>();
    parts.forEach(part -> hashes.add(part.map(it -> grow(it, depth).part())));
    return new StateCut(depth, hashes);
  }

  private static Change whole(SortedMap<Bytes, Bytes> state) {
    SortedMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    state.forEach((key, value) -> writes.put(key, Optional.of(value)));
    return StateTree.update(NodeSource.NONE, TreeRoot.EMPTY, VERSION, writes);
  }

  @Test
  void t6PartsGiveTheRootAndTheTree() {
    Seeds.forEach(
        150,
        random -> {
          SortedMap<Bytes, Bytes> state = state(random);
          int depth = random.nextInt(4);
          List<Optional<StatePart>> parts = parts(state, depth);
          SortedMap<NodeKey, TreeNode> nodes = new TreeMap<>();
          for (Optional<StatePart> part : parts) {
            if (part.isPresent()) {
              StatePart read = good(() -> StatePart.decode(part.get().encode()));
              nodes.putAll(grow(read, depth).change().written());
            }
          }
          StateCut cut = cut(parts, depth);
          Change crown = cut.crown(key -> Optional.ofNullable(nodes.get(key)), VERSION);
          crown.stale().forEach(key -> nodes.remove(key));
          nodes.putAll(crown.written());

          Change expected = whole(state);
          assertEquals(expected.root().hash(), cut.root());
          assertEquals(expected.root().hash(), crown.root().hash());
          assertEquals(expected.written(), nodes);
          assertEquals(cut, good(() -> Reader.decode(Writer.encode(cut::write), StateCut::read)));
        });
  }

  @Test
  void t6AChangedPartHasAnotherHash() {
    Seeds.forEach(
        60,
        random -> {
          SortedMap<Bytes, Bytes> state = state(random);
          List<Optional<StatePart>> parts = parts(state, 1);
          int place = random.nextInt(parts.size());
          if (parts.get(place).isPresent()) {
            StatePart part = parts.get(place).get();
            List<Entry> entries = new ArrayList<>(part.entries());
            int victim = random.nextInt(entries.size());
            Entry entry = entries.remove(victim);
            if (entries.isEmpty() || random.nextBoolean()) {
              entries.add(new Entry(entry.key(), Bytes.utf8("more")));
            }
            assertNotEquals(
                grow(part, 1).part().hash(), grow(StatePart.of(entries), 1).part().hash());
          }
        });
  }

  @Test
  void t6OnlyOneOrderAndOnePlaceIsAPart() {
    SortedMap<Bytes, Bytes> state = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      state.put(Bytes.ofU64(i), Bytes.EMPTY);
    }
    StatePart whole = parts(state, 0).getFirst().orElseThrow();
    assertThrows(Malformed.class, () -> whole.grow(1, 0));
    List<Entry> entries = new ArrayList<>(whole.entries());
    entries.add(entries.removeFirst());
    Bytes turned =
        Writer.encode(writer ->
            writer
                .u8(1)
                .list(
                    entries,
                    entries.size(),
                    (entry, to) -> to.bytes(entry.key(), 128).bytes(entry.value(), 128)));
    assertThrows(Malformed.class, () -> StatePart.decode(turned));
    assertThrows(Malformed.class, () -> StatePart.decode(Bytes.wrap(new byte[] {1, 0, 0, 0, 0})));
  }

  @Test
  void aCutIsAsDeepAsItsLargestPartNeeds() {
    List<Long> bytes = new ArrayList<>(Collections.nCopies(StateCut.parts(4), 1L));
    assertEquals(0, StateCut.depthFor(bytes));
    bytes.set(5, StateCut.PART_BYTES);
    assertEquals(4, StateCut.depthFor(bytes));
    bytes.set(5, StateCut.PART_BYTES / 2);
    bytes.set(7, StateCut.PART_BYTES);
    assertEquals(4, StateCut.depthFor(bytes));
    bytes.set(7, 1L);
    bytes.set(9_000, StateCut.PART_BYTES / 2);
    assertEquals(1, StateCut.depthFor(bytes));
    assertTrue(StateCut.parts(StateCut.DEPTH_MAX) == 65_536);
  }
}

package nimble.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Merkle;
import nimble.sim.Seeds;
import nimble.types.Hash;
import nimble.vm.Fixtures;
import org.junit.jupiter.api.Test;

final class TensorTreeTest {
  private static final int BLOCK_BYTES = TensorTree.BLOCK * Float.BYTES;

  @Test
  void o2TheRootIsTheMerkleListOfBlocks() {
    for (int count : new int[] {1, 63, 64, 65, 64 * 5, 64 * 5 + 1}) {
      Bytes words = Fixtures.numbers(count, count);
      List<Bytes> blocks = new ArrayList<>();
      for (int i = 0; i < TensorTree.blocks(count); i++) {
        blocks.add(words.slice(i * BLOCK_BYTES, Math.min(words.size(), (i + 1) * BLOCK_BYTES)));
      }
      assertEquals(Merkle.root(blocks), TensorTree.of(words).root());
    }
  }

  @Test
  void o2ASearchGoesThroughOneLevelOrTwo() {
    for (int blocks : new int[] {1, 255, 256, 257, 600}) {
      int count = blocks * TensorTree.BLOCK - 3;
      TensorTree tree = TensorTree.of(Fixtures.numbers(count, 1));
      assertEquals(TensorTree.groups(count), tree.groups().size());
      assertEquals(tree.root(), Merkle.join(tree.groups()));
      for (int i = 0; TensorTree.deep(count) && i < tree.groups().size(); i++) {
        assertEquals(TensorTree.groupBlocks(count, i), tree.group(i).size());
        assertEquals(tree.groups().get(i), Merkle.join(tree.group(i)));
      }
    }
  }

  @Test
  void o2EveryRunOfBlocksProvesItself() {
    Seeds.forEach(
        300,
        random -> {
          int count = 1 + random.nextInt(64 * 30);
          TensorTree tree = TensorTree.of(Fixtures.numbers(count, 2));
          int first = random.nextInt(TensorTree.blocks(count));
          int end = first + 1 + random.nextInt(TensorTree.blocks(count) - first);
          Opening opening = tree.open(7, first, end);
          assertEquals(Optional.of(tree.root()), opening.root(count));
          Opening moved = new Opening(7, first + 1, opening.words(), opening.path());
          assertNotEquals(Optional.of(tree.root()), moved.root(count));
          List<Hash> longer = new ArrayList<>(opening.path());
          longer.add(Hash.ZERO);
          assertEquals(
              Optional.empty(), new Opening(7, first, opening.words(), longer).root(count));
          if (!opening.path().isEmpty()) {
            List<Hash> shorter = opening.path().subList(1, opening.path().size());
            assertEquals(
                Optional.empty(), new Opening(7, first, opening.words(), shorter).root(count));
          }
        });
  }

  @Test
  void o2OnlyOpenedElementsAreRead() throws Malformed {
    Bytes words = Fixtures.numbers(300, 3);
    Opened opened = new Opened(List.of(TensorTree.of(words).open(4, 1, 3)));
    for (int at = 64; at < 192; at++) {
      assertEquals(Trace.bits(Trace.words(words), at), opened.bits(4, at));
    }
    assertThrows(Malformed.class, () -> opened.bits(4, 63));
    assertThrows(Malformed.class, () -> opened.bits(4, 192));
    assertThrows(Malformed.class, () -> opened.bits(3, 100));
    assertThrows(Malformed.class, () -> opened.bits(4, -1));
  }
}

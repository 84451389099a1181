package nimble.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import nimble.codec.Bytes;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

final class MerkleTest {
  private static final Bytes STRANGER = Bytes.utf8("stranger");

  /// The published test vectors of certificate transparency: one empty leaf.
  @Test
  void rfc6962EmptyLeaf() {
    assertEquals(
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        Merkle.root(List.of(Bytes.EMPTY)).toString());
  }

  @Test
  void everyItemOfEverySizeProvesItselfAndNothingElse() {
    for (int size = 1; size <= 40; size++) {
      List<Bytes> items = LongStream.range(0, size).mapToObj(Bytes::ofU64).toList();
      Hash root = Merkle.root(items);
      for (int i = 0; i < size; i++) {
        List<Hash> path = Merkle.path(items, i);
        assertEquals(Optional.of(root), Merkle.rootFrom(items.get(i), i, size, path));
        assertNotEquals(Optional.of(root), Merkle.rootFrom(STRANGER, i, size, path));
      }
    }
  }
}

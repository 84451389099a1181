package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class MerkleMountainRangeTest {
  @Test
  void j11RootIsThatOfTheWholeList() {
    MerkleMountainRange range = MerkleMountainRange.EMPTY;
    List<Bytes> items = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      assertEquals(Merkle.root(items), range.root());
      Bytes item = Bytes.ofU64(i);
      items.add(item);
      range = range.append(item);
    }
    assertEquals(300, range.size());
  }

  @Test
  void j11EveryItemIsProvenAndNoOther() {
    Seeds.forEach(
        50,
        random -> {
          int size = 1 + random.nextInt(100);
          List<Bytes> items = new ArrayList<>();
          MerkleMountainRange range = MerkleMountainRange.EMPTY;
          for (int i = 0; i < size; i++) {
            items.add(Specs.anyBytes(random, random.nextInt(40)));
            range = range.append(items.getLast());
          }
          int index = random.nextInt(size);
          var path = Merkle.path(items, index);
          assertTrue(range.holds(items.get(index), index, path));
          assertFalse(range.holds(Bytes.concat(items.get(index), Bytes.ofU64(1)), index, path));
          if (!items.get(index).equals(items.get((index + 1) % size))) {
            assertFalse(range.holds(items.get((index + 1) % size), index, path));
          }
          assertFalse(range.append(Bytes.EMPTY).holds(items.get(index), index, path));
        });
  }

  @Test
  void whatIsWrittenIsRead() throws Malformed {
    MerkleMountainRange range = MerkleMountainRange.EMPTY;
    for (int i = 0; i < 70; i++) {
      Bytes encoded = Writer.encode(range::write);
      assertEquals(range, Reader.decode(encoded, MerkleMountainRange::read));
      range = range.append(Bytes.ofU64(i));
    }
  }

  @Test
  void claimedSizeWithoutPeaksIsMalformed() {
    Bytes claimed = Writer.encode(to -> to.i64(Long.MAX_VALUE));
    assertThrows(Malformed.class, () -> Reader.decode(claimed, MerkleMountainRange::read));
  }
}

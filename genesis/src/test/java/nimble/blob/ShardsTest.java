package nimble.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.sim.Conformance;
import nimble.sim.Seeds;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

/// Bundles that many hold together (B6).
final class ShardsTest {
  private static final ReedSolomon CODE = new ReedSolomon(4, 11);

  private static Rope bundle(SplittableRandom random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    int cut = random.nextInt(size);
    return new Rope(
        List.of(Bytes.wrap(bytes).slice(0, cut), Bytes.EMPTY, Bytes.wrap(bytes).slice(cut, size)));
  }

  private static SortedMap<Integer, Bytes> some(List<Blob> shards, int... which) {
    TreeMap<Integer, Bytes> some = new TreeMap<>();
    for (int i : which) {
      some.put(i, shards.get(i).whole());
    }
    return some;
  }

  @Test
  void b6AnyShardsGiveTheBundle() {
    Seeds.forEach(
        30,
        random -> {
          Rope bundle = bundle(random, 1 + random.nextInt(200));
          Shards.Cut cut = Shards.cut(CODE, bundle);
          assertTrue(cut.list().fits(CODE));
          TreeMap<Integer, Bytes> some = new TreeMap<>();
          while (some.size() < CODE.needed()) {
            int index = random.nextInt(CODE.total());
            some.put(index, cut.shards().get(index).whole());
            assertEquals(
                cut.list().shardBytes(CODE.needed()), cut.shards().get(index).whole().size());
          }
          Rope joined = join(cut.list(), some);
          assertEquals(bundle.size(), joined.size());
          int size = (int) bundle.size();
          assertEquals(bundle.read(0, size), joined.read(0, size));
        });
  }

  private static Rope join(Shards list, SortedMap<Integer, Bytes> some) {
    try {
      return list.join(CODE, some);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void b6AListThatIsNotOfOneBundleShowsWhateverIsDecoded() {
    Seeds.forEach(
        20,
        random -> {
          Shards.Cut cut = Shards.cut(CODE, bundle(random, 100));
          int wrong = random.nextInt(CODE.total());
          byte[] bytes = cut.shards().get(wrong).whole().toArray();
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
          List<Blob> shards = new ArrayList<>(cut.shards());
          shards.set(wrong, Blob.of(Bytes.wrap(bytes)));
          Shards list = new Shards(cut.list().size(), shards.stream().map(Blob::id).toList());
          assertNotEquals(cut.list().root(), list.root());
          for (int first = 0; first <= CODE.total() - CODE.needed(); first++) {
            SortedMap<Integer, Bytes> some = some(shards, first, first + 1, first + 2, first + 3);
            assertThrows(Malformed.class, () -> list.join(CODE, some));
          }
        });
  }

  @Test
  void b6WhatFillsTheLastStretchUpIsZeros() {
    Shards.Cut cut = Shards.cut(CODE, bundle(new SplittableRandom(5), 9));
    assertEquals(3, cut.list().shardBytes(CODE.needed()));
    Shards shorter = new Shards(8, cut.list().ids());
    assertThrows(Malformed.class, () -> shorter.join(CODE, some(cut.shards(), 0, 1, 2, 3)));
  }

  @Test
  void b6AListOfAnotherCodeOrOfTooLargeShardsDoesNotFit() {
    List<Hash> ids = Shards.cut(CODE, bundle(new SplittableRandom(6), 50)).list().ids();
    assertFalse(new Shards(50, ids.subList(1, ids.size())).fits(CODE));
    assertFalse(new Shards(4L * Shards.SHARD_BYTES_MAX + 1, ids).fits(CODE));
    assertFalse(new Shards(Long.MAX_VALUE, ids).fits(CODE));
    assertTrue(new Shards(4L * Shards.SHARD_BYTES_MAX, ids).fits(CODE));
  }

  @Test
  void b6TheListIsOneEncoding() throws Exception {
    Bytes text = Bytes.utf8("evidence of one step, and of all gradients of its round");
    Shards list = Shards.cut(CODE, new Rope(List.of(text))).list();
    Bytes written = list.encode();
    Conformance.check(ShardsTest.class, "Shards", list, Shards::write, Shards::read);
    assertEquals(list, Reader.decode(written, Shards::read));
    Bytes empty =
        Bytes.concat(written.slice(0, 1), Bytes.ofU64(0), written.slice(9, written.size()));
    assertThrows(Malformed.class, () -> Reader.decode(empty, Shards::read));
  }

  @Test
  void ropesAreReadAcrossPieces() {
    Rope rope = new Rope(List.of(Bytes.utf8("ab"), Bytes.EMPTY, Bytes.utf8("cde")));
    assertEquals(5, rope.size());
    assertEquals(Bytes.utf8("bcd"), rope.read(1, 3));
    assertEquals(Bytes.concat(Bytes.utf8("e"), Bytes.wrap(new byte[2])), rope.read(4, 3));
    assertEquals(Bytes.utf8("abc"), rope.cutOff(3).read(0, 3));
    assertEquals(3, rope.cutOff(3).size());
  }

  /// Whatever a list says of its bundle.
  @Test
  void b7WhatDoesNotFitIntoMemoryIsNotRead() {
    ByteSource huge =
        new ByteSource() {
          @Override
          public long length() {
            return Shards.BUNDLE_BYTES_MAX + 1;
          }

          @Override
          public Bytes read(long from, int count) {
            throw new AssertionError("somebody reads it");
          }
        };
    assertThrows(IllegalStateException.class, () -> Shards.cut(CODE, new Rope(List.of(huge))));
    SortedMap<Integer, ByteSource> some = new TreeMap<>();
    List<Hash> ids = new ArrayList<>();
    for (int i = 0; i < CODE.total(); i++) {
      some.put(i, huge);
      ids.add(Hash.ZERO);
    }
    Shards list = new Shards(huge.length(), ids);
    assertThrows(IllegalStateException.class, () -> list.join(CODE, some));
  }
}

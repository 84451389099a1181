package nimble.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class PhiloxTest {
  /// From Random123's `kat_vectors`, philox4x32 with 10 rounds.
  @Test
  void publishedVectors() {
    check(0, 0, 0L, 0L, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    check(-1, -1, -1L, -1L, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    check(
        0xa4093822,
        0x299f31d0,
        0x0370734413198a2eL,
        0x85a308d3243f6a88L,
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  @Test
  void t1NormalsAreNormalAndDependOnSeedAndPurpose() {
    float[] normals = Philox.of(1, "weights").normals(3, 100_001, 2);
    double sum = 0;
    double squares = 0;
    for (float normal : normals) {
      sum += normal;
      squares += normal * normal;
    }
    assertEquals(0, sum / normals.length, 0.03);
    assertEquals(4, squares / normals.length, 0.08);
    assertEquals(0xbeb8ac57, Float.floatToRawIntBits(Philox.of(1, "weights").normals(0, 1, 1)[0]));
  }

  private static void check(int key0, int key1, long stream, long index, int... expected) {
    int[] block = new int[4];
    new Philox(key0, key1).block(stream, index, block);
    assertArrayEquals(expected, block);
  }
}

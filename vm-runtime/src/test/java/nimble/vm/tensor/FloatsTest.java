package nimble.vm.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FloatsTest {
  /// On both sides of where a buffer becomes a mapping of its own, and where large pages do not
  /// fill it.
  @ParameterizedTest
  @ValueSource(
      longs = {
        Float.BYTES,
        NativeMemory.LARGE - Float.BYTES,
        NativeMemory.LARGE,
        NativeMemory.LARGE + NativeMemory.HUGE_PAGE / 2 + Float.BYTES
      })
  void isZerosThatCanBeWrittenUntilItIsClosed(long bytes) {
    int count = (int) (bytes / Float.BYTES);
    Floats floats = Floats.zeros(count);
    try (floats) {
      for (float it : floats.toArray(0, count)) {
        assertEquals(0, it);
      }
      float[] ends = {1.5f};
      floats.put(0, ends, 1);
      floats.put(count - 1, ends, 1);
      assertEquals(1.5f, floats.toArray(0, 1)[0]);
      assertEquals(1.5f, floats.toArray(count - 1, 1)[0]);
      assertThrows(IndexOutOfBoundsException.class, () -> floats.put(count, ends, 1));
    }
    assertThrows(IllegalStateException.class, () -> floats.toArray(0, 1));
  }
}

package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.vm.djl.Numeric.Cap;
import org.junit.jupiter.api.Test;

final class NumericTest {
  @Test
  void d2WordsAndNumeric() {
    for (Cap cap : Cap.values()) {
      for (int threads : List.of(1, 2, Numeric.THREADS_MAX)) {
        Numeric numeric = new Numeric(cap, threads);
        assertEquals(Optional.of(numeric), Numeric.of(numeric.toString()));
      }
    }
    assertEquals("avx512/4", new Numeric(Cap.AVX512, 4).toString());
    for (String wrong : List.of("", "sse", "avx2/", "avx2/0", "avx2/1/1", "avx2/257", "/2")) {
      assertEquals(Optional.empty(), Numeric.of(wrong), wrong);
    }
  }

  @Test
  void d2AMachineAllowsWhatItHas() {
    assertEquals(List.of(Cap.DEFAULT), Cap.allowed("aarch64", Optional.of("asimd")));
    assertEquals(List.of(Cap.DEFAULT), Cap.allowed("amd64", Optional.of("sse4_2 avx")));
    assertEquals(List.of(Cap.DEFAULT, Cap.AVX2), Cap.allowed("amd64", Optional.of("avx avx2 fma")));
    assertEquals(List.of(Cap.values()), Cap.allowed("amd64", Optional.of("avx2 avx512f")));
    assertTrue(Cap.allowed().contains(Numeric.usual().cap()));
  }
}

package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.vm.djl.Numeric.Cap;
import org.junit.jupiter.api.Test;

final class NumericTest {
  @Test
  void d2WordsAndNumeric() {
    for (Cap cap : Cap.values()) {
      for (int threads : List.of(1, 2, Numeric.THREADS_MAX)) {
        for (Numeric.Device device : Numeric.Device.values()) {
          Numeric numeric = new Numeric(cap, threads, device);
          assertEquals(Optional.of(numeric), Numeric.of(numeric.toString()));
        }
      }
    }
    assertEquals("avx512/4", new Numeric(Cap.AVX512, 4).toString());
    assertEquals("avx2/4/cuda", new Numeric(Cap.AVX2, 4).on(Numeric.Device.CUDA).toString());
    List<String> wrongs =
        List.of("", "sse", "avx2/", "avx2/0", "avx2/1/1", "avx2/257", "/2", "cuda", "avx2/cuda/2");
    for (String wrong : wrongs) {
      assertEquals(Optional.empty(), Numeric.of(wrong), wrong);
    }
  }

  @Test
  void d7AGpuIsToldToBeExactBeforeTheLibraryLoads() {
    Map<String, String> cpu = NativeSettings.variables(new Numeric(Cap.AVX2, 2), "amd64");
    assertEquals("2", cpu.get("OMP_NUM_THREADS"));
    assertEquals("avx2", cpu.get("ATEN_CPU_CAPABILITY"));
    assertFalse(cpu.containsKey("NVIDIA_TF32_OVERRIDE"));
    Map<String, String> gpu =
        NativeSettings.variables(new Numeric(Cap.DEFAULT, 1, Numeric.Device.CUDA), "aarch64");
    assertEquals("0", gpu.get("NVIDIA_TF32_OVERRIDE"));
    assertEquals(":4096:8", gpu.get("CUBLAS_WORKSPACE_CONFIG"));
    assertFalse(gpu.containsKey("ATEN_CPU_CAPABILITY"));
  }

  @Test
  void d2AMachineAllowsWhatItHas() {
    assertEquals(List.of(Cap.DEFAULT), Cap.allowed("aarch64", Optional.of("asimd")));
    assertEquals(List.of(Cap.DEFAULT), Cap.allowed("amd64", Optional.of("sse4_2 avx")));
    assertEquals(List.of(Cap.DEFAULT, Cap.AVX2), Cap.allowed("amd64", Optional.of("avx avx2 fma")));
    assertEquals(
        List.of(Cap.values()),
        Cap.allowed("amd64", Optional.of("avx2 avx512f avx512dq avx512bw avx512vl")));
    assertEquals(Cap.allowed().getLast(), Numeric.usual().cap());
  }

  /// Nobody is told to use more than is known to be there, for the library does not look again.
  @Test
  void d2HalfOfAvx512IsNone() {
    List<Cap> least = List.of(Cap.DEFAULT, Cap.AVX2);
    assertEquals(least, Cap.allowed("amd64", Optional.of("avx2 avx512f avx512cd avx512er")));
    assertEquals(least, Cap.allowed("amd64", Optional.empty()));
  }
}

package nimble.vm.djl;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// What native libraries read once, when they load (D2).
final class NativeSettings {
  // Once a process: changing the environment later races with libraries that read it.
  static {
    set();
  }

  private NativeSettings() {}

  /// Before any class of DJL is touched. What the operator has set stays.
  static void apply() {}

  private static void set() {
    property("OPT_OUT_TRACKING", "true");
    property("ai.djl.offline", "true");
    property("ai.djl.pytorch.num_threads", "1");
    property("ai.djl.pytorch.num_interop_threads", "1");
    property("ai.djl.pytorch.graph_optimizer", "false");
    environment("OMP_NUM_THREADS", "1");
    environment("MKL_NUM_THREADS", "1");
    if (System.getProperty("os.arch").equals("amd64")) {
      environment("ATEN_CPU_CAPABILITY", "avx2");
      environment("MKL_CBWR", "AVX2");
      environment("ONEDNN_MAX_CPU_ISA", "AVX2");
    }
  }

  private static void property(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /// The process's own environment, which Java only reads. Without `setenv` (Windows) the start
  /// script has to do it.
  @SuppressWarnings("restricted")
  private static void environment(String name, String value) {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      return;
    }
    MethodHandle call =
        linker.downcallHandle(
            setenv.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int keep = 0;
      int _ = (int) call.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), keep);
    } catch (Throwable e) {
      throw new IllegalStateException("setenv failed", e);
    }
  }
}

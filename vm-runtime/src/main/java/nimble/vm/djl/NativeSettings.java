package nimble.vm.djl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nimble.check.Invariant;
import nimble.vm.tensor.NativeCall;
import org.jspecify.annotations.Nullable;

/// What native libraries read once, when they load (D2).
final class NativeSettings {
  private static final AtomicReference<@Nullable Numeric> APPLIED = new AtomicReference<>();

  private NativeSettings() {}

  /// Before any class of DJL is touched. What the operator has set in the environment stays.
  static void applyUsual() {
    Numeric usual = Numeric.usual();
    if (APPLIED.compareAndSet(null, usual)) {
      set(usual, false);
    }
  }

  /// The same, whatever the environment says. Once a process: changing it later races with
  /// libraries that have read it.
  static void apply(Numeric chosen) {
    if (APPLIED.compareAndSet(null, chosen)) {
      set(chosen, true);
    }
    Numeric applied = Objects.requireNonNull(APPLIED.get());
    Invariant.check(chosen.equals(applied), "%s after %s in one process", chosen, applied);
  }

  private static void set(Numeric numeric, boolean overwrite) {
    String threads = Integer.toString(numeric.threads());
    property("OPT_OUT_TRACKING", "true", false);
    property("ai.djl.offline", "true", false);
    property("ai.djl.pytorch.num_threads", threads, overwrite);
    property("ai.djl.pytorch.num_interop_threads", "1", false);
    property("ai.djl.pytorch.graph_optimizer", "false", false);
    variables(numeric, System.getProperty("os.arch", ""))
        .forEach((name, value) -> environment(name, value, overwrite));
  }

  /// What libraries read from the environment.
  static Map<String, String> variables(Numeric numeric, String architecture) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("OMP_NUM_THREADS", Integer.toString(numeric.threads()));
    variables.put("MKL_NUM_THREADS", Integer.toString(numeric.threads()));
    if (architecture.equals("amd64")) {
      variables.put("ATEN_CPU_CAPABILITY", numeric.cap().toString());
      variables.put("MKL_CBWR", numeric.cap().mkl());
      variables.put("ONEDNN_MAX_CPU_ISA", numeric.cap().onednn());
    }
    if (numeric.device() == Numeric.Device.CUDA) {
      // TF32 keeps ten of fp32's 23 bits; without a workspace of its own cuBLAS may add in any
      // order.
      variables.put("NVIDIA_TF32_OVERRIDE", "0");
      variables.put("CUBLAS_WORKSPACE_CONFIG", ":4096:8");
    }
    return variables;
  }

  private static void property(String name, String value, boolean overwrite) {
    if (overwrite || System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /// The process's own environment, which Java only reads. Without `setenv` (Windows) the start
  /// script has to do it.
  private static void environment(String name, String value, boolean overwrite) {
    Optional<MemorySegment> setenv = NativeCall.ofC("setenv");
    if (setenv.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      NativeCall.call(
          setenv.get(),
          ValueLayout.JAVA_INT,
          arena.allocateFrom(name),
          arena.allocateFrom(value),
          overwrite ? 1 : 0);
    }
  }
}

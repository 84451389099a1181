package nimble.vm.djl;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import nimble.check.Invariant;
import nimble.vm.StageSpec;
import nimble.vm.tensor.NativeCall;

/// The C library's heap, where the library's tensors lie, and what databases cache (D9). Only glibc
/// has these switches, and what the operator has set in the environment stays.
public final class NativeHeap {
  /// malloc.h's names.
  private static final int M_TRIM_THRESHOLD = -1;

  private static final int M_MMAP_THRESHOLD = -3;

  /// A block that is a mapping of its own costs a page fault for every 4 KiB each time it is used:
  /// with 512 KiB that is two fifths of a small model's training.
  private static final int USUAL = 4 << 20;

  /// With adapters on a base: its matrices, decoded for a moment, would leave holes as large as
  /// themselves. So would a database's buffers: 50 MB in a validator of 650 at full load.
  private static final int SPARING = 512 << 10;

  private static final int TRIM = 16 << 20;

  /// Blocks from here on are mappings of their own; 0 before any program.
  private static final AtomicInteger MAPPED = new AtomicInteger();

  private NativeHeap() {}

  /// Before a program of that stage runs. The process keeps to the least that one of its stages
  /// wants.
  static void prepare(StageSpec spec) {
    int wanted = spec.model().lora().isPresent() ? SPARING : USUAL;
    int before = MAPPED.getAndAccumulate(wanted, (now, it) -> now == 0 ? it : Math.min(now, it));
    if (before == 0 || wanted < before) {
      map(wanted);
    }
  }

  /// Before there are databases. What programs want comes later, and counts.
  public static void prepareForDatabases() {
    if (MAPPED.get() == 0) {
      map(SPARING);
    }
  }

  private static void map(int bytes) {
    set(M_TRIM_THRESHOLD, TRIM, "MALLOC_TRIM_THRESHOLD_");
    set(M_MMAP_THRESHOLD, bytes, "MALLOC_MMAP_THRESHOLD_");
  }

  private static void set(int parameter, int bytes, String variable) {
    var mallopt = NativeCall.ofC("mallopt");
    if (mallopt.isEmpty() || System.getenv(variable) != null) {
      return;
    }
    Object done = NativeCall.call(mallopt.get(), ValueLayout.JAVA_INT, parameter, bytes);
    Invariant.check(done.equals(1), "mallopt(%d, %d) is refused", parameter, bytes);
  }
}

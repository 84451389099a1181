package nimble.vm.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/// Memory outside the heap, all zeros. On Linux what is large is a mapping of its own, for which
/// the kernel is asked for pages of 2 MiB (madvise(2), `MADV_HUGEPAGE`): a token reads all weights,
/// and with pages of 4 KiB the processor looks up where each of them is. Nothing depends on getting
/// them.
@SuppressWarnings("restricted")
final class NativeMemory {
  static final long HUGE_PAGE = 2 << 20;
  static final long LARGE = 2 * HUGE_PAGE;

  private static final int ALIGNMENT = 64;

  /// sys/mman.h of Linux.
  private static final int PROT_READ_WRITE = 3;

  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;

  private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");

  private NativeMemory() {}

  /// Ends with the arena.
  static MemorySegment allocate(Arena arena, long bytes) {
    return LINUX && bytes >= LARGE ? map(arena, bytes) : arena.allocate(bytes, ALIGNMENT);
  }

  /// The mapping is a large page longer, so that one begins in it.
  private static MemorySegment map(Arena arena, long bytes) {
    long size = bytes + HUGE_PAGE;
    long mapping =
        (long) call("mmap", JAVA_LONG, 0L, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
    if (mapping == -1) {
      throw new OutOfMemoryError("the system has no %d bytes more".formatted(size));
    }
    long start = (mapping + HUGE_PAGE - 1) & -HUGE_PAGE;
    call("madvise", JAVA_INT, start, bytes, MADV_HUGEPAGE);
    return MemorySegment.ofAddress(start)
        .reinterpret(bytes, arena, _ -> call("munmap", JAVA_INT, mapping, size));
  }

  @CanIgnoreReturnValue
  private static Object call(String function, MemoryLayout result, Object... arguments) {
    return NativeCall.call(NativeCall.ofC(function).orElseThrow(), result, arguments);
  }
}

package nimble.vm.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Memory outside the heap, all zeros. On Linux what is large is a mapping of its own, for which
/// the kernel is asked for pages of 2 MiB (madvise(2), `MADV_HUGEPAGE`): a token reads all weights,
/// and with pages of 4 KiB the processor looks up where each of them is. Nothing depends on getting
/// them.
@SuppressWarnings("restricted")
final class NativeMemory {
  private static final int ALIGNMENT = 64;
  private static final long HUGE_PAGE = 2 << 20;
  private static final long LARGE = 2 * HUGE_PAGE;

  /// sys/mman.h of Linux.
  private static final int PROT_READ_WRITE = 3;

  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;

  private static final Optional<Calls> CALLS =
      System.getProperty("os.name", "").equals("Linux")
          ? Optional.of(new Calls())
          : Optional.empty();

  private NativeMemory() {}

  /// Ends with the arena.
  static MemorySegment allocate(Arena arena, long bytes) {
    return bytes >= LARGE && CALLS.isPresent()
        ? CALLS.get().map(arena, bytes)
        : arena.allocate(bytes, ALIGNMENT);
  }

  private static final class Calls {
    private final MethodHandle mmap =
        handle(
            "mmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    private final MethodHandle madvise =
        handle(
            "madvise",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    private final MethodHandle munmap =
        handle(
            "munmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    /// The mapping is a page larger, so that it has a place where one of 2 MiB begins.
    MemorySegment map(Arena arena, long bytes) {
      long size = bytes + HUGE_PAGE;
      long mapping = (long) call(mmap, 0L, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
      if (mapping == -1) {
        throw new OutOfMemoryError("the system has no %d bytes more".formatted(size));
      }
      long start = (mapping + HUGE_PAGE - 1) & -HUGE_PAGE;
      Object _ = call(madvise, start, bytes, MADV_HUGEPAGE);
      return MemorySegment.ofAddress(start)
          .reinterpret(
              bytes,
              arena,
              _ -> {
                Object _ = call(munmap, mapping, size);
              });
    }

    private static MethodHandle handle(String name, FunctionDescriptor form) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), form);
    }

    private static Object call(MethodHandle function, Object... arguments) {
      try {
        return function.invokeWithArguments(arguments);
      } catch (Throwable e) {
        throw new IllegalStateException("a call of the C library failed", e);
      }
    }
  }
}

package nimble.vm.tensor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Calls of native functions whose forms follow from their arguments.
@SuppressWarnings("restricted")
public final class NativeCall {
  private NativeCall() {}

  /// A function of the C library; empty where this system's has none of that name.
  public static Optional<MemorySegment> ofC(String name) {
    return Linker.nativeLinker().defaultLookup().find(name);
  }

  /// @param arguments addresses, integers, longs and booleans
  /// @return of that layout
  @CanIgnoreReturnValue
  public static Object call(MemorySegment function, MemoryLayout result, Object... arguments) {
    return Objects.requireNonNull(
        invoke(function, FunctionDescriptor.of(result, layouts(arguments)), arguments));
  }

  /// Of a function that gives nothing.
  public static void run(MemorySegment function, Object... arguments) {
    invoke(function, FunctionDescriptor.ofVoid(layouts(arguments)), arguments);
  }

  @CanIgnoreReturnValue
  private static @Nullable Object invoke(
      MemorySegment function, FunctionDescriptor form, Object... arguments) {
    try {
      return Linker.nativeLinker().downcallHandle(function, form).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of a native function failed", e);
    }
  }

  private static MemoryLayout[] layouts(Object... arguments) {
    return Arrays.stream(arguments).map(NativeCall::layout).toArray(MemoryLayout[]::new);
  }

  private static MemoryLayout layout(Object argument) {
    return switch (argument) {
      case Integer _ -> ValueLayout.JAVA_INT;
      case Long _ -> ValueLayout.JAVA_LONG;
      case Boolean _ -> ValueLayout.JAVA_BOOLEAN;
      case MemorySegment _ -> ValueLayout.ADDRESS;
      default -> throw new IllegalArgumentException("no native form of " + argument.getClass());
    };
  }
}

package nimble.node.wide;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// A TUN device of Linux: packets that the kernel sends through it are read here, and what is
/// written here arrives.
@SuppressWarnings("restricted")
final class Tun implements AutoCloseable {
  static final int PACKET_MAX = 65_536;
  private static final int O_RDWR = 2;
  private static final long TUNSETIFF = 0x400454caL;
  private static final short IFF_TUN_NO_PI = 0x1001;
  private static final int IFREQ_SIZE = 40;
  private static final int IFREQ_FLAGS = 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      handle(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle READ = handle("read", transfer());
  private static final MethodHandle WRITE = handle("write", transfer());
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final int descriptor;

  /// Makes the device in the namespace of this process; it may be moved to another.
  Tun(String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      descriptor = (int) OPEN.invokeExact(arena.allocateFrom("/dev/net/tun"), O_RDWR);
      if (descriptor < 0) {
        throw new IOException("/dev/net/tun cannot be opened");
      }
      MemorySegment request = arena.allocate(IFREQ_SIZE);
      request.setString(0, name);
      request.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS, IFF_TUN_NO_PI);
      if ((int) IOCTL.invokeExact(descriptor, TUNSETIFF, request) < 0) {
        close();
        throw new IOException("no TUN device can be made here");
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("no TUN device: " + e, e);
    }
  }

  private static FunctionDescriptor transfer() {
    return FunctionDescriptor.of(
        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  }

  private static MethodHandle handle(
      String name, FunctionDescriptor shape, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, options);
  }

  /// The next packet's size; negative when the device is gone.
  long read(MemorySegment to) {
    try {
      return (long) READ.invokeExact(descriptor, to, to.byteSize());
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void write(MemorySegment packet) {
    try {
      // A full device drops, as a wire does.
      long written = (long) WRITE.invokeExact(descriptor, packet, packet.byteSize());
      assert written <= packet.byteSize();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      int closed = (int) CLOSE.invokeExact(descriptor);
      assert closed <= 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}

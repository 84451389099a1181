package nimble.vm.hf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;
import nimble.check.Invariant;
import org.jspecify.annotations.Nullable;

/// Writes one safetensors file from front to back: the header, then each tensor's numbers. The file
/// is not there before; it is on the disk after [#finish].
final class SafetensorsWriter implements AutoCloseable {
  private static final int BUFFER = 1 << 20;
  private static final int SLICE = 64 << 20;

  private final SafetensorsHeader header;
  private final FileChannel channel;
  private final LongConsumer written;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private long place;

  /// @param written told how many bytes more there are
  SafetensorsWriter(Path file, SafetensorsHeader header, LongConsumer written) throws IOException {
    this.header = header;
    this.written = written;
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    all(header.encode().asBuffer());
  }

  /// The next tensor's place, which its numbers must be for.
  void begin(TensorEntry entry) {
    Invariant.check(entry.offset() == place, "tensor at %d, not %d", entry.offset(), place);
  }

  /// Numbers of the tensor that was begun, as it keeps them.
  void put(Dtype dtype, Numbers numbers) throws IOException {
    if (dtype == Dtype.F32 && numbers.dtype() == Dtype.F32) {
      MemorySegment memory = numbers.memory();
      for (long at = 0; at < memory.byteSize(); at += SLICE) {
        long length = Math.min(SLICE, memory.byteSize() - at);
        data(memory.asSlice(at, length).asByteBuffer());
      }
    } else {
      Failing sink = new Failing(dtype);
      numbers.each(sink);
      sink.finish();
    }
  }

  /// The same, transposed.
  void putTransposed(Dtype dtype, Numbers numbers, int rows, int columns) throws IOException {
    Failing sink = new Failing(dtype);
    numbers.transposed(rows, columns, sink);
    sink.finish();
  }

  void putZeros(Dtype dtype, long count) throws IOException {
    float[] zeros = new float[(int) Math.min(BUFFER / Float.BYTES, count)];
    for (long at = 0; at < count; at += zeros.length) {
      numbers(dtype, zeros, (int) Math.min(zeros.length, count - at));
    }
  }

  void finish() throws IOException {
    long promised = header.tensors().isEmpty() ? 0 : header.tensors().getLast().end();
    Invariant.check(place == promised, "%d of %d bytes", place, promised);
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void numbers(Dtype dtype, float[] numbers, int length) throws IOException {
    int perRound = BUFFER / dtype.bytes();
    for (int from = 0; from < length; from += perRound) {
      buffer.clear();
      int end = Math.min(length, from + perRound);
      for (int i = from; i < end; i++) {
        switch (dtype) {
          case F32 -> buffer.putFloat(numbers[i]);
          case F16 -> buffer.putShort(Float.floatToFloat16(numbers[i]));
          case BF16 -> buffer.putShort(bf16(numbers[i]));
          case BOOL, U8 -> throw dtype.noWeight();
        }
      }
      data(buffer.flip());
    }
  }

  /// Rounded half to even; not a number stays so.
  static short bf16(float number) {
    int bits = Float.floatToRawIntBits(number);
    return Float.isNaN(number)
        ? (short) ((bits >>> Short.SIZE) | 0x40)
        : (short) ((bits + 0x7fff + ((bits >>> Short.SIZE) & 1)) >>> Short.SIZE);
  }

  private void data(ByteBuffer bytes) throws IOException {
    place += bytes.remaining();
    long length = bytes.remaining();
    all(bytes);
    written.accept(length);
  }

  private void all(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// Carries a disk's failure out of a walk over numbers.
  private final class Failing implements Numbers.Sink {
    private final Dtype dtype;
    private @Nullable IOException failure;

    Failing(Dtype dtype) {
      this.dtype = dtype;
    }

    @Override
    public void take(long at, float[] numbers, int length) {
      if (failure == null) {
        try {
          numbers(dtype, numbers, length);
        } catch (IOException e) {
          failure = e;
        }
      }
    }

    void finish() throws IOException {
      if (failure != null) {
        throw failure;
      }
    }
  }
}

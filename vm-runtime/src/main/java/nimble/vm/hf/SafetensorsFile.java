package nimble.vm.hf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// A safetensors file, mapped into memory: opening reads its header only, and checks all of it
/// (H2). The file must stay as it is while it is open.
final class SafetensorsFile implements AutoCloseable {
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final SafetensorsHeader header;
  private final MemorySegment data;

  private SafetensorsFile(Arena arena, SafetensorsHeader header, MemorySegment data) {
    this.arena = arena;
    this.header = header;
    this.data = data;
  }

  static SafetensorsFile open(Path file) throws Malformed, IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return of(String.valueOf(file.getFileName()), whole, arena);
    } catch (NoSuchFileException e) {
      arena.close();
      throw new Malformed("%s does not exist".formatted(file));
    } catch (IOException | Malformed | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// @param arena closed with the result
  static SafetensorsFile of(String name, MemorySegment whole, Arena arena) throws Malformed {
    long size = whole.byteSize();
    if (size < Long.BYTES) {
      throw new Malformed("%s: %d bytes are no safetensors file".formatted(name, size));
    }
    int length = SafetensorsHeader.length(name, whole.get(LENGTH, 0), size);
    byte[] json = whole.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    MemorySegment data = whole.asSlice(Long.BYTES + (long) length);
    SafetensorsHeader header = SafetensorsHeader.parse(name, Bytes.wrap(json), data.byteSize());
    return new SafetensorsFile(arena, header, data);
  }

  SafetensorsHeader header() {
    return header;
  }

  /// @param entry of this file's header
  Numbers numbers(TensorEntry entry) {
    return new Numbers(entry.dtype(), data.asSlice(entry.offset(), entry.bytes()));
  }

  @Override
  public void close() {
    arena.close();
  }
}

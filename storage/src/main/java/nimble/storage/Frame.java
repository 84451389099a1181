package nimble.storage;

import java.nio.ByteBuffer;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Writer;

/// One turn of the log as it stands in a segment: magic, length, checksum, entries (V2). The
/// checksum covers the segment's life and the offset, so a frame counts only where and when it was
/// written (V4).
record Frame(Bytes payload, int end) {
  static final int OVERHEAD = 12;

  private static final int MAGIC = 0x4e465241; // "NFRA"

  static Bytes encode(long life, int offset, Bytes payload) {
    return Writer.encode(writer ->
        writer.u32(MAGIC).u32(payload.size()).u32(checksum(life, offset, payload)).raw(payload));
  }

  /// The frame at `offset` of a segment, if a whole and true one stands there.
  static Optional<Frame> at(ByteBuffer file, long life, int offset) {
    if (offset + OVERHEAD > file.capacity() || file.getInt(offset) != MAGIC) {
      return Optional.empty();
    }
    int length = file.getInt(offset + 4);
    int start = offset + OVERHEAD;
    if (length <= 0 || length > file.capacity() - start) {
      return Optional.empty();
    }
    Bytes payload = Bytes.copyOf(file.slice(start, length));
    boolean whole =
        Integer.toUnsignedLong(file.getInt(offset + 8)) == checksum(life, offset, payload);
    return whole ? Optional.of(new Frame(payload, start + length)) : Optional.empty();
  }

  private static long checksum(long life, int offset, Bytes payload) {
    return Checksum.of(Bytes.ofU64(life), Bytes.ofU64(offset), payload);
  }
}

package nimble.storage.rocks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Family;

/// A batch in the library's own serialized form, so that it crosses into native code once, not once
/// per key: a block has thousands.
///
/// The form, from `db/write_batch.cc`: an 8-byte sequence number that the database fills in, a
/// 4-byte count, both little-endian, then records: a tag, the family as a varint, the key and, for
/// a put, the value, each behind its length as a varint.
final class BatchBytes {
  private static final int HEAD = 12;
  private static final int COUNT_AT = 8;
  private static final byte DELETE = 0x4;
  private static final byte PUT = 0x5;
  private static final int VARINT_MAX = 5;

  private final ToIntFunction<Family> ids;
  private byte[] buffer = new byte[1 << 12];
  private int size = HEAD;

  private BatchBytes(ToIntFunction<Family> ids) {
    this.ids = ids;
  }

  static byte[] of(Batch batch, ToIntFunction<Family> ids) {
    BatchBytes bytes = new BatchBytes(ids);
    batch.writes().forEach(bytes::add);
    ByteBuffer.wrap(bytes.buffer)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(COUNT_AT, batch.writes().size());
    return Arrays.copyOf(bytes.buffer, bytes.size);
  }

  private void add(Batch.Write write) {
    switch (write) {
      case Batch.Put(Family family, Bytes key, Bytes value) -> {
        head(PUT, family, key);
        bytes(value);
      }
      case Batch.Delete(Family family, Bytes key) -> head(DELETE, family, key);
    }
  }

  private void head(byte tag, Family family, Bytes key) {
    room(1 + VARINT_MAX);
    buffer[size++] = tag;
    varint(ids.applyAsInt(family));
    bytes(key);
  }

  private void bytes(Bytes value) {
    room(VARINT_MAX + value.size());
    varint(value.size());
    value.asBuffer().get(buffer, size, value.size());
    size += value.size();
  }

  private void varint(int value) {
    int left = value;
    while (left >= 0x80) {
      buffer[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    buffer[size++] = (byte) left;
  }

  private void room(int more) {
    int needed = Math.addExact(size, more);
    if (needed > buffer.length) {
      buffer =
          Arrays.copyOf(
              buffer, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * buffer.length)));
    }
  }
}

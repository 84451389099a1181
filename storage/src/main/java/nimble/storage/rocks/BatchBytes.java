package nimble.storage.rocks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ToIntFunction;
import nimble.check.Invariant;
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

  private final ToIntFunction<Family> ids;
  private final byte[] buffer;
  private int size = HEAD;

  private BatchBytes(ToIntFunction<Family> ids, int capacity) {
    this.ids = ids;
    this.buffer = new byte[capacity];
  }

  static byte[] of(Batch batch, ToIntFunction<Family> ids) {
    long capacity = HEAD;
    for (Batch.Write write : batch.writes()) {
      capacity += sizeOf(write, ids);
    }
    BatchBytes bytes = new BatchBytes(ids, Math.toIntExact(capacity));
    batch.writes().forEach(bytes::add);
    Invariant.check(bytes.size == capacity, "%d bytes of %d", bytes.size, capacity);
    ByteBuffer.wrap(bytes.buffer)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(COUNT_AT, batch.writes().size());
    return bytes.buffer;
  }

  private static int sizeOf(Batch.Write write, ToIntFunction<Family> ids) {
    int head = 1 + varintSize(ids.applyAsInt(write.family())) + sizeOf(write.key());
    return switch (write) {
      case Batch.Put(Family _, Bytes _, Bytes value) -> head + sizeOf(value);
      case Batch.Delete _ -> head;
    };
  }

  private static int sizeOf(Bytes bytes) {
    return varintSize(bytes.size()) + bytes.size();
  }

  private static int varintSize(int value) {
    return Math.max(1, Math.ceilDiv(Integer.SIZE - Integer.numberOfLeadingZeros(value), 7));
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
    buffer[size++] = tag;
    varint(ids.applyAsInt(family));
    bytes(key);
  }

  private void bytes(Bytes value) {
    varint(value.size());
    value.copyTo(buffer, size);
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
}

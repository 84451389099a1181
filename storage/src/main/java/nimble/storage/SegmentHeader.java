package nimble.storage;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// The head of a segment: written and synced before the segment gets its name. `life` is random for
/// each use of a file (V4); `previousEnd` is where the segment before ended (V3).
record SegmentHeader(long sequence, long life, Place floor, int previousEnd) {
  static final int BYTES = 45;

  private static final long MAGIC = 0x4e564f54; // "NVOT"
  private static final int VERSION = 1;

  Bytes encode() {
    Bytes fields = Writer.encode(this::writeFields);
    return Writer.encode(writer -> writer.raw(fields).u32(Checksum.of(fields)));
  }

  private void writeFields(Writer writer) {
    writer.u32(MAGIC).u8(VERSION).i64(sequence).u64(life);
    floor.write(writer);
    writer.u32(previousEnd);
  }

  static SegmentHeader decode(Bytes file) throws Malformed {
    Reader reader = new Reader(file);
    if (reader.u32() != MAGIC) {
      throw new Malformed("not a vote log");
    }
    reader.version(VERSION);
    long sequence = reader.i64();
    long life = reader.u64();
    SegmentHeader header =
        new SegmentHeader(sequence, life, Place.read(reader), reader.length(Integer.MAX_VALUE));
    if (reader.u32() != Checksum.of(Writer.encode(header::writeFields))) {
      throw new Malformed("the checksum of the head does not match");
    }
    return header;
  }
}

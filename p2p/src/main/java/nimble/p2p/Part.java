package nimble.p2p;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A slice of a message that is too long for one frame (rule P4): `u8 kind ‖ u32 total ‖ u32 offset
/// ‖ data`.
public record Part(Kind kind, int total, int offset, Bytes data) {
  public static final int DATA_MAX = 256 << 10;
  public static final int HEAD_SIZE = 9;
  static final int SIZE_MAX = HEAD_SIZE + DATA_MAX;

  public Part {
    Invariant.check(
        !kind.isTransport()
            && total <= kind.sizeMax()
            && offset >= 0
            && !data.isEmpty()
            && data.size() <= DATA_MAX
            && data.size() <= total - offset,
        "part %d + %d of %d",
        offset,
        data.size(),
        total);
  }

  /// What stands before the data.
  public static Bytes head(Kind kind, int total, int offset) {
    return Writer.encode(writer -> writer.u8(kind.code()).u32(total).u32(offset));
  }

  public static Part decode(Bytes payload) throws Malformed {
    Reader reader = new Reader(payload);
    Kind kind = Kind.of(reader.u8());
    long total = reader.u32();
    long offset = reader.u32();
    kind.checkSize(total);
    int size = reader.remaining();
    if (kind.isTransport() || size == 0 || size > DATA_MAX || offset + size > total) {
      throw new Malformed("part %d + %d of a %s of %d".formatted(offset, size, kind, total));
    }
    return new Part(kind, (int) total, (int) offset, reader.fixed(size));
  }
}

package nimble.training.role.serving;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// One row of a receipt: a leaf of its Merkle list.
///
/// @param tokens positions with it, since its host was given the seat
/// @param evidence blob of its [RowEvidence]
/// @param bytes of that
public record RowEntry(long tokens, Hash evidence, long bytes) {
  Bytes leaf() {
    return Writer.encode(this::write);
  }

  void write(Writer writer) {
    evidence.write(writer.i64(tokens));
    writer.i64(bytes);
  }

  static RowEntry read(Reader reader) throws Malformed {
    long tokens = reader.i64();
    Hash evidence = Hash.read(reader);
    return new RowEntry(tokens, evidence, reader.i64());
  }
}

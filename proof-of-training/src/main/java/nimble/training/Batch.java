package nimble.training;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.types.Moment;

/// Rows that a host brought a receipt for, until they are settled (S9).
///
/// @param tokens positions with them, since it was given the seat
/// @param root of the Merkle list of them ([nimble.training.role.serving.RowEntry])
/// @param brought the receipt came
/// @param drawn an audit of one of them is open
public record Batch(long tokens, Hash root, Moment brought, boolean drawn) {
  Batch draw() {
    return new Batch(tokens, root, brought, true);
  }

  void write(Writer writer) {
    root.write(writer.i64(tokens));
    brought.write(writer);
    writer.bool(drawn);
  }

  static Batch read(Reader reader) throws Malformed {
    return new Batch(reader.i64(), Hash.read(reader), Moment.read(reader), reader.bool());
  }
}

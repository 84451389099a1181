package nimble.ledger;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.Offences.Offence;
import nimble.types.Moment;

/// What a validator's double vote cost (L25).
///
/// @param epoch in which it signed both; the earliest that is known
/// @param at the block that brought the evidence
/// @param shareMillionths its part of the votes of that epoch
/// @param permille taken of all stake that answered for it
public record Punishment(long epoch, long view, Moment at, long shareMillionths, long permille) {
  /// For an earlier offence that was found later: stake that left between the two answers, too.
  Punishment since(Offence earlier) {
    return new Punishment(earlier.epoch(), earlier.view(), at, shareMillionths, permille);
  }

  void write(Writer writer) {
    writer.i64(epoch).i64(view);
    at.write(writer);
    writer.i64(shareMillionths).i64(permille);
  }

  static Punishment read(Reader reader) throws Malformed {
    return new Punishment(
        reader.i64(), reader.i64(), Moment.read(reader), reader.i64(), reader.i64());
  }
}

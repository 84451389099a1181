package nimble.ledger;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Moment;

/// An amount that waits in a queue until `due`.
public record Maturity(Moment due, Address owner, long amount) {
  void write(Writer writer) {
    due.write(writer);
    owner.write(writer);
    writer.i64(amount);
  }

  static Maturity read(Reader reader) throws Malformed {
    return new Maturity(Moment.read(reader), Address.read(reader), reader.i64());
  }
}

package nimble.ledger;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Moment;

/// An amount that waits in a queue until `due`.
///
/// @param stage that earned it; empty when no stage answers for it
public record Maturity(Moment due, Address owner, long amount, Optional<StageSlot> stage) {
  void write(Writer writer) {
    due.write(writer);
    owner.write(writer);
    writer.i64(amount).optional(stage, StageSlot::write);
  }

  static Maturity read(Reader reader) throws Malformed {
    return new Maturity(
        Moment.read(reader), Address.read(reader), reader.i64(), reader.optional(StageSlot::read));
  }
}
